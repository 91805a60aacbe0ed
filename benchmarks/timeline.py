"""What lies in topics and since when: offsets and record timestamps, read beside the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.common.kafka import client_options
from services.common.settings import KafkaSettings

Offsets = Mapping[TopicPartition, int]
_NAME = "benchmark"


class Seen(NamedTuple):
    """One record: ``at`` is its timestamp in seconds of Unix time, ``size`` its value's bytes."""

    key: str
    at: float
    size: int | None


class Timeline:
    """Reads topics without a group. Use as an async context manager."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._consumer = AIOKafkaConsumer(
            **client_options(kafka, _NAME),
            enable_auto_commit=False,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def ends(self, *topics: str) -> dict[TopicPartition, int]:
        """Return where the topics end now."""
        return dict(
            await self._consumer.end_offsets(
                [
                    TopicPartition(topic, number)
                    for topic in topics
                    for number in range(self._kafka.partitions)
                ]
            )
        )

    async def between(self, starts: Offsets, ends: Offsets) -> list[Seen]:
        """Read what lies between two sets of offsets of the same partitions."""
        self._consumer.assign(list(ends))
        for tp in ends:
            self._consumer.seek(tp, starts.get(tp, 0))
        found: list[Seen] = []
        while any([await self._consumer.position(tp) < end for tp, end in ends.items()]):
            batches = await self._consumer.getmany(timeout_ms=200)
            found += [
                Seen(
                    (record.key or b"").decode("utf-8", "replace"),
                    record.timestamp / 1000,
                    None if record.value is None else len(record.value),
                )
                for tp, records in batches.items()
                for record in records
                if record.offset < ends[tp]
            ]
        return found

    async def behind(self, group: str, ends: Offsets) -> int:
        """Return how many records a group has not committed yet."""
        admin = AIOKafkaAdminClient(**client_options(self._kafka, _NAME))
        await admin.start()
        try:
            committed = await admin.list_consumer_group_offsets(group, partitions=list(ends))
        finally:
            await admin.close()
        return sum(
            end - max(0, committed[tp].offset) if tp in committed else end
            for tp, end in ends.items()
        )


class Span(NamedTuple):
    """From one moment of Unix time to another."""

    first: float
    last: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.last - self.first


def span(records: Iterable[Seen]) -> Span:
    """Return the span from the first record's timestamp to the last one's."""
    times = [record.at for record in records]
    return Span(min(times), max(times))
