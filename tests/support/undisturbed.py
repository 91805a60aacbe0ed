"""What must come of a ledger: its run through both stages in this process, with nothing around
them that could lose, double or reorder anything; and the comparison of a real run with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from schemas import NormSums
from schemas.topics import (
    ACTIVITY,
    MUSEUM_ROWS,
    NORMS,
    POST_ROWS,
    POSTS_ENRICHED,
    Topic,
    partition_for,
)
from services.common.clock import WallClock
from services.common.outbound import Outbound
from services.common.records import Received, Record
from services.common.streams import Rows
from services.enrich.counting import Counting
from services.enrich.engagement import BETA
from services.enrich.norms import Norms
from services.enrich.register import Register
from services.enrich.scoring import Scoring
from services.enrich.sentiment import load_model
from tests.support.ledger import Ledger
from tests.support.observer import compacted, differences

COMPARED = (POSTS_ENRICHED, ACTIVITY, POST_ROWS, MUSEUM_ROWS)

State = dict[str, dict[str, Any]]
"""By topic, by key: the last value."""


class _MemoryRows(Rows):
    """Rows that belong to no Faust app."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._source = "/undisturbed"
        self._clock = WallClock()
        self._held: dict[int, dict[str, bytes]] = defaultdict(dict)

    def _rows(self, partition: int) -> dict[str, bytes]:
        return self._held[partition]


@dataclass
class _Log:
    """Records in the order in which they were published, each in its partition."""

    partitions: int

    def __post_init__(self) -> None:
        self.records: list[Received] = []
        self._looked = 0

    def since_last_look(self) -> list[Received]:
        fresh = self.records[self._looked :]
        self._looked = len(self.records)
        return fresh

    async def publish(self, records: Sequence[Record]) -> None:
        for record in records:
            partition = record.partition
            if partition is None:
                partition = partition_for(record.topic, record.key or "", self.partitions)
            self.records.append(
                Received(
                    record.topic.name,
                    partition,
                    len(self.records),
                    None if record.key is None else record.key.encode(),
                    record.value,
                    dict(record.headers),
                    int(WallClock().now().timestamp() * 1000),
                )
            )


async def undisturbed(ledger: Ledger, partitions: int) -> State:
    """The state after a run that nothing disturbed."""
    read, written = _Log(partitions), _Log(partitions)
    register = Register()
    await read.publish(ledger.register())
    for record in read.records:
        register.apply(record)
    read.records.clear()
    for number in range(len(ledger.rounds)):
        await read.publish(ledger.produced(number, partitions))
    out = Outbound(written.publish)
    norms = Norms(BETA)
    scoring = Scoring(_MemoryRows(POST_ROWS), norms, register, load_model(), partitions, out)
    for received in read.records:
        await scoring.handle(received)
        await out.finish()
        _learn(norms, written)
    counting = Counting(_MemoryRows(MUSEUM_ROWS), partitions, out)
    for received in [r for r in written.records if r.topic == POSTS_ENRICHED.name]:
        await counting.handle(received)
        await out.finish()
    return state(written.records)


def _learn(norms: Norms, written: _Log) -> None:
    """Put what a day's end left into force, as every worker does."""
    for record in written.since_last_look():
        if record.topic == NORMS.name:
            sums = None if record.value is None else NormSums.model_validate_json(record.value)
            norms.put((record.key or b"").decode(), sums)


def state(records: Iterable[Received]) -> State:
    """The last values under the keys of the compared topics, without what may differ."""
    by_topic: dict[str, list[Received]] = defaultdict(list)
    for record in records:
        by_topic[record.topic].append(record)
    return {
        topic.name: {
            key: _lasting(topic, json.loads(value))
            for key, value in compacted(by_topic[topic.name]).items()
        }
        for topic in COMPARED
    }


def _lasting(topic: Topic, value: dict[str, Any]) -> dict[str, Any]:
    """A value without its revision and reason, which depend on how the topics interleave."""
    if topic is POSTS_ENRICHED:
        del value["revision"], value["reason"]
    if topic is POST_ROWS:
        del value["reason"]
        value["published"] = sorted(value["published"])
    return value


def unlike(expected: State, found: State, shown: int = 10) -> str | None:
    """Say where two states differ, or ``None``."""
    lines = differences(expected, found)
    if not lines:
        return None
    more = f"\n... and {len(lines) - shown} more" if len(lines) > shown else ""
    return "\n".join(lines[:shown]) + more
