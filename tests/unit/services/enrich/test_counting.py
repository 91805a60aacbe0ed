"""Stage 2: each museum's hours, said every five minutes of ticks, the same after any crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import MuseumActivity
from schemas import cloudevents as ce
from schemas.codec import decode, encode
from schemas.topics import ACTIVITY, MUSEUM_ROWS, POSTS_ENRICHED, tick_key
from services.common.outbound import Outbound
from services.common.records import Received
from services.enrich.counting import Counting
from services.enrich.register import Register
from services.enrich.score import enriched_posts
from tests.unit.services.enrich.test_post_row import fold
from tests.unit.services.enrich.worlds import (
    Kafka,
    MemoryRows,
    at,
    at_once,
    make_post,
    make_snapshot,
)


class Worker:
    """One stage 2 with two sources of ticks, over rows recovered from Kafka."""

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka
        self.rows = MemoryRows(MUSEUM_ROWS)
        for (partition, key), value in kafka.compacted(MUSEUM_ROWS).items():
            if value is not None and partition is not None and key is not None:
                self.rows.held[partition, key] = value
        self.out = Outbound(kafka.publish)
        register = Register()
        for museum in ("louvre", "uffizi"):
            register.apply(Received("museums", 0, 0, museum.encode(), b"{}", {}, 0))
        self.stage = Counting(self.rows, register, 2, self.out)  # type: ignore[arg-type]

    def handle(self, *events: Received) -> None:
        for event in events:
            at_once(self.stage.handle(event))
        at_once(self.out.finish())

    def time(self, minutes: float) -> None:
        self.handle(tick(0, minutes), tick(1, minutes))

    def said(self) -> dict[tuple[str | None, Any], MuseumActivity]:
        found = [
            (record.key, decode(MuseumActivity, record.value))
            for record in self.kafka.of(ACTIVITY)
            if record.value is not None
        ]
        return {(key, one.at): one for key, one in found}


def tick(source: int, minutes: float) -> Received:
    key = tick_key(source)
    headers = ce.tick_headers("wall", "/enrich", key, at(minutes))
    stamp = int(at(minutes).timestamp() * 1000)
    return Received(POSTS_ENRICHED.name, 0, 0, key.encode(), None, dict(headers), stamp)


def enriched(native: int, minutes: float = 0, likes: int = 1, museum: str = "louvre") -> Received:
    post = make_post(
        1, museum, post_id=f"mastodon:{native}", created_at=at(minutes), observed_at=at(minutes)
    )
    row = fold(post, make_snapshot(minutes + 1, post.post_id, likes=likes))
    [event] = enriched_posts(row)[1]
    return Received(POSTS_ENRICHED.name, 0, 0, event.key.encode(), encode(event), {}, 0)


def gone(native: int, museum: str = "louvre") -> Received:
    key = f"{museum}/mastodon:{native}".encode()
    return Received(POSTS_ENRICHED.name, 0, 0, key, None, {}, 0)


@pytest.fixture
def worker() -> Worker:
    return Worker(Kafka())


def test_it_speaks_at_every_fifth_minute_of_ticks(worker: Worker) -> None:
    worker.handle(enriched(1))
    for minutes in (0, 2, 4.9, 5, 7, 11, 12):
        worker.time(minutes)
    assert [instant for _, instant in worker.said()] == [at(0), at(5), at(10)]


def test_it_waits_for_the_slowest_source(worker: Worker) -> None:
    worker.handle(enriched(1), tick(0, 60))
    assert worker.said() == {}
    worker.handle(tick(1, 5))
    assert [instant for _, instant in worker.said()] == [at(5)]


def test_repeats_count_once_and_an_update_replaces(worker: Worker) -> None:
    worker.handle(enriched(1, likes=1), enriched(1, likes=1), enriched(1, likes=9), enriched(2))
    worker.time(5)
    [said] = worker.said().values()
    assert said.posts_window == 2
    assert [top.weighted for top in said.top_posts] == [9, 1]


def test_museums_do_not_mix_and_what_is_gone_is_not_counted(worker: Worker) -> None:
    worker.handle(enriched(1), enriched(2), enriched(1, museum="uffizi"), gone(2), gone(9))
    worker.time(5)
    counts = {key: said.posts_window for (key, _), said in worker.said().items()}
    assert counts == {"louvre": 1, "uffizi": 1}


def test_a_museum_that_falls_silent_says_so_too(worker: Worker) -> None:
    worker.handle(enriched(1))
    for minutes in (355, 360, 365, 370):
        worker.time(minutes)
    assert [said.posts_window for said in worker.said().values()] == [1, 0, 0, 0]


def test_voices_go_after_a_week_and_what_was_learned_stays(worker: Worker) -> None:
    worker.handle(enriched(1))
    worker.time(5)
    worker.time(7 * 1_440)
    assert set(worker.rows.held) == {(0, "louvre")}


def test_a_museum_goes_with_its_last_voice_once_nobody_listens_for_it(worker: Worker) -> None:
    worker.handle(enriched(1, museum="closed"))
    worker.time(5)
    worker.time(7 * 1_440)
    assert worker.rows.held == {}
    assert worker.said()[("closed", at(5))].posts_window == 1


def test_the_museums_row_holds_no_post(worker: Worker) -> None:
    worker.handle(enriched(1))
    worker.time(5)
    few = len(worker.rows.held[0, "louvre"])
    worker.handle(*(enriched(native, minutes=6) for native in range(50)))
    worker.time(10)
    assert len(worker.rows.held[0, "louvre"]) == few


def test_after_a_rebalance_it_does_not_speak_before_every_source_has_ticked(
    worker: Worker,
) -> None:
    worker.handle(enriched(1))
    worker.time(5)
    worker.stage.forget()
    worker.handle(tick(0, 60))
    assert len(worker.said()) == 1


_events = st.lists(
    st.one_of(
        st.builds(enriched, st.integers(0, 3), st.integers(0, 400), st.integers(0, 9)),
        st.builds(gone, st.integers(0, 3)),
    ),
    max_size=8,
)


@given(_events, st.data())
def test_a_crash_and_a_repeated_suffix_end_in_the_same_words(
    events: list[Received], data: st.DataObject
) -> None:
    undisturbed = Worker(Kafka())
    undisturbed.handle(*events)
    undisturbed.time(405)

    done = data.draw(st.integers(0, len(events)))
    crashed = Worker(Kafka())
    crashed.handle(*events[:done])
    acknowledged = len(crashed.kafka.records)
    crashed.handle(*events[done:])
    del crashed.kafka.records[data.draw(st.integers(acknowledged, len(crashed.kafka.records))) :]
    again = Worker(crashed.kafka)
    again.handle(*events[done:])
    again.time(405)
    assert again.said() == undisturbed.said()
    assert again.rows.held == undisturbed.rows.held
