"""Ticks: what time it is, said in every partition of posts and snapshots, behind what it covers.

A system has one kind of tick: the wall clock's or a replay's. A writer of the other is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from schemas import cloudevents as ce
from schemas.topics import ENGAGEMENT, POSTS_RAW, is_tick_key, tick_key
from services.common.errors import Fatal
from services.common.records import Received, Record
from services.common.settings import KafkaSettings
from services.common.tail import newest

from .metrics import TICK_TIME

EVERY = timedelta(seconds=30)
TICKED = (POSTS_RAW, ENGAGEMENT)


class PublishesAnywhere(Protocol):
    """Publishes records, and knows how many partitions there are."""

    async def publish(self, records: Sequence[Record]) -> object:
        """Write records in order; raise ``Poison`` or ``Fatal``."""
        ...

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has."""
        ...


class Ticker:
    """Writes the ticks of one clock; its caller puts them behind what they cover."""

    def __init__(self, publisher: PublishesAnywhere, kind: ce.TickKind, source: str) -> None:
        self._publisher = publisher
        self._kind = kind
        self._source = source

    async def records(self, at: datetime) -> list[Record]:
        """Return the ticks of one instant, one for each partition, to be written in this order."""
        TICK_TIME.set(at.timestamp())
        counts = [await self._publisher.partitions(topic.name) for topic in TICKED]
        keys = [tick_key(partition) for partition in range(max(counts))]
        headers = [ce.tick_headers(self._kind, self._source, key, at) for key in keys]
        return [
            Record(topic, keys[partition], None, headers[partition], partition=partition)
            for topic, count in zip(TICKED, counts, strict=True)
            for partition in range(count)
        ]

    async def tick(self, at: datetime) -> None:
        """Say that it is ``at``; returns when every partition has it."""
        await self._publisher.publish(await self.records(at))


async def check_tick_kind(settings: KafkaSettings, kind: ce.TickKind) -> datetime | None:
    """Return the time of the last tick, ``None`` if there is none.

    Raises ``Fatal`` if the last ticks are another clock's.
    """
    last: datetime | None = None
    for topic in TICKED:
        for record in await newest(settings, topic, _is_tick, "passaparola-ingest-ticks"):
            found = ce.tick_kind(record.headers)
            if found != kind:
                raise Fatal(
                    f"the time in topic {topic.name} is {_CLOCKS[found]}, not {_CLOCKS[kind]}: "
                    "two clocks cannot drive one system. Use other topics for one of them, or "
                    "leave the ticks to the other (setting `ticks`, option `--clock`)."
                )
            at = ce.ce_time(record.headers)
            last = at if last is None else max(last, at)
    return last


_CLOCKS: dict[ce.TickKind | None, str] = {
    "wall": "the wall clock's",
    "replay": "a replay's",
}


def _is_tick(record: Received) -> bool:
    return (
        record.key is not None
        and is_tick_key(record.key.decode("utf-8", "replace"))
        and ce.tick_kind(record.headers) is not None
    )
