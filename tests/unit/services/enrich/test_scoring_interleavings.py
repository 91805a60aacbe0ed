"""The heart of enrich: however two topics interleave, and whatever crashes, the end is the same.

Each topic alone is in order; after a crash a suffix of each comes again, and of what was being
written any part may be on Kafka.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from schemas import EngagementSnapshot, Post, Removal
from schemas.topics import POST_ROWS
from services.common.records import Record
from tests.unit.services.enrich.worlds import (
    POST_ID,
    Kafka,
    Worker,
    at,
    at_once,
    known,
    make_post,
    make_removal,
    make_snapshot,
    received,
    said,
)

MUSEUMS = ("uffizi", "louvre", "prado", "unheard-of")
_minutes = st.sampled_from([1, 5, 5, 14, 20, 61, 200, 1_430, 1_450, 2_900])
_small = st.none() | st.integers(0, 40)
_any = _small | st.integers(0, 50_000)


class Interleavings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.raw: list[Post | Removal] = []
        self.engagement: list[EngagementSnapshot] = []
        self.produced: list[Any] = []
        self.kafka = Kafka()
        self.worker = Worker(self.kafka)
        self.read = [0, 0]
        self.committed = [0, 0]
        self.texts = count()
        self.rests: list[Record] = []

    # What ingest writes.

    @initialize()
    def first_version(self) -> None:
        self._produce(make_post(1, "uffizi", text=self._text()))

    @rule(
        version=st.integers(0, 6),
        museums=st.sets(st.sampled_from(MUSEUMS), max_size=3),
        followers=st.none() | st.sampled_from([0, 10, 3_000, 2_000_000]),
        born=st.sampled_from([0, 0, 0, -90]),
        minutes=_minutes,
    )
    def post_or_edit(
        self, version: int, museums: set[str], followers: int | None, born: int, minutes: float
    ) -> None:
        self._produce(
            make_post(
                version,
                *sorted(museums),
                text=self._text(),
                author={"followers": followers},
                created_at=at(born),
                observed_at=at(minutes),
            )
        )

    @rule(version=st.none() | st.integers(0, 6), minutes=_minutes)
    def removal(self, version: int | None, minutes: float) -> None:
        self._produce(make_removal(version, minutes))

    @rule(minutes=_minutes, likes=_any, replies=_small, views=_any)
    def snapshot(
        self, minutes: float, likes: int | None, replies: int | None, views: int | None
    ) -> None:
        self._produce(make_snapshot(minutes, likes=likes, replies=replies, views=views))

    @precondition(lambda self: self.produced)
    @rule(data=st.data())
    def doubled(self, data: st.DataObject) -> None:
        self._produce(data.draw(st.sampled_from(self.produced)))

    # What the worker does.

    @rule(raws=st.integers(0, 3), looks=st.integers(0, 3), raw_first=st.booleans())
    def work(self, raws: int, looks: int, raw_first: bool) -> None:
        for topic, many in ((0, raws), (1, looks)) if raw_first else ((1, looks), (0, raws)):
            for _ in range(many):
                self._take(topic)

    @rule()
    def acknowledge(self) -> None:
        at_once(self.worker.out.finish())
        self.committed = list(self.read)

    @rule(part=st.integers(0, 30), rows_first=st.booleans())
    def crash(self, part: int, rows_first: bool) -> None:
        """Of what was being written some is on Kafka, topics in any order; then all starts anew."""
        waiting = list(self.worker.out._waiting)
        waiting.sort(key=lambda record: (record.topic == POST_ROWS) != rows_first)
        self.kafka.records.extend(waiting[:part])
        self.worker = Worker(self.kafka)
        self.read = list(self.committed)

    def teardown(self) -> None:
        for topic in (0, 1):
            while self._take(topic):
                pass
        at_once(self.worker.out.finish())
        undisturbed = Worker(Kafka())
        for event in self.produced:
            at_once(undisturbed.handle(received(event)))
        assert said(self.kafka) == said(undisturbed.kafka)
        assert self._row(self.worker) == self._row(undisturbed)
        self._texts_are_gone()

    def _texts_are_gone(self) -> None:
        stored = self.worker.rows.get(0, POST_ID)
        if stored is not None and self.worker.row().mark is not None:
            assert b"secret" not in stored
            assert b"secret" not in (self.kafka.compacted(POST_ROWS)[0, POST_ID] or b"")
            assert not any(b"secret" in repr(value).encode() for value in said(self.kafka).values())

    @staticmethod
    def _row(worker: Worker) -> dict[str, Any] | None:
        return None if worker.rows.get(0, POST_ID) is None else known(worker.row())

    def _text(self) -> str:
        return f"secret {next(self.texts)}"

    def _produce(self, event: Post | Removal | EngagementSnapshot) -> None:
        self.produced.append(event)
        if isinstance(event, EngagementSnapshot):
            self.engagement.append(event)
        else:
            self.raw.append(event)

    def _take(self, topic: int) -> bool:
        log: list[Any] = self.raw if topic == 0 else self.engagement
        if self.read[topic] >= len(log):
            return False
        at_once(self.worker.stage.handle(received(log[self.read[topic]])))
        self.read[topic] += 1
        return True


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=300, stateful_step_count=25)
