"""What must come of a ledger: its run through both stages in this process, with nothing around
them that could lose, double or reorder anything; and the comparison of a real run with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from random import Random
from typing import Any

from schemas.topics import (
    ACTIVITY,
    ENGAGEMENT,
    MUSEUM_ROWS,
    MUSEUMS,
    NORMS,
    POST_ROWS,
    POSTS_ENRICHED,
    POSTS_RAW,
    Topic,
)
from services.common.outbound import Outbound
from services.common.records import Received
from services.enrich.counting import Counting
from services.enrich.register import Register
from services.enrich.scoring import Scoring
from services.enrich.sentiment import load_model
from services.enrich.understanding import Reader
from services.enrich.usual import Usual
from tests.support.ledger import Ledger
from tests.support.memory import MemoryKafka, MemoryRows
from tests.support.observer import compacted, differences

COMPARED = (POSTS_ENRICHED, ACTIVITY, POST_ROWS, MUSEUM_ROWS)

State = dict[str, dict[str, Any]]
"""By topic, by key: the last value."""
_RESTARTS = 0.03
"""How often stage 2 starts anew, by the records of its input."""


_LEARNED = (
    "state", "closed", "usual_for", "usual_low", "usual_high", "burst_score", "burst_level",
    "usual_share_low", "usual_share_high", "unusual", "explanation",
)  # fmt: skip
"""What an activity says of the usual, learned bin by bin as a partition's time went on."""


async def undisturbed(ledger: Ledger, partitions: int, restarts: Random | None = None) -> State:
    """The state after a run that nothing disturbed; with chance, stage 2 starts anew at times."""
    kafka, register, usual = MemoryKafka(partitions), Register(), Usual()
    out = Outbound(kafka.publish)
    reader = Reader(load_model())
    scoring = Scoring(MemoryRows(POST_ROWS), usual, register, reader, partitions, out)
    rows = MemoryRows(MUSEUM_ROWS)
    counting = Counting(rows, register, partitions, out)
    await kafka.publish(ledger.register())
    for received in kafka.take(MUSEUMS):
        register.apply(received)
    for number in range(len(ledger.rounds)):
        await kafka.publish(ledger.produced(number, partitions))
        for received in kafka.take(POSTS_RAW, ENGAGEMENT):
            await scoring.handle(received)
            await out.finish()
            for received in kafka.take(NORMS):
                usual.apply(received)
        for received in kafka.take(POSTS_ENRICHED):
            if restarts is not None and restarts.random() < _RESTARTS:
                times, counting = counting._times, Counting(rows, register, partitions, out)
                counting._times = times
            await counting.handle(received)
            await out.finish()
    return state(chain.from_iterable(kafka.all.values()))


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


def without_learned(found: State) -> State:
    """A state without what museums learned of their usual.

    It is learned as a museum's time goes on. Where workers catch up on hours at once, one partition
    runs ahead of another by more than the lateness horizon, and a removal of the one may be there
    before the time at which the other lets the post count for good.
    """
    return {
        topic: {
            key: {name: one for name, one in value.items() if name not in {*_LEARNED, "watch"}}
            for key, value in values.items()
        }
        for topic, values in found.items()
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
