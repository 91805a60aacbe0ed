"""Kafka and rows in memory: what the domain is run on where no server is wanted."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.topics import Topic, partition_for
from services.common.clock import WallClock
from services.common.records import Received, Record
from services.common.streams import Rows
from services.common.streams.rows import PartitionRows


class MemoryRows(Rows):
    """Rows that belong to no Faust app."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._source = "/memory"
        self._clock = WallClock()
        self._held: dict[int, PartitionRows] = defaultdict(PartitionRows)

    def _rows(self, partition: int) -> PartitionRows:
        return self._held[partition]


@dataclass(frozen=True)
class Written:
    """Where a record stands."""

    partition: int
    offset: int


class MemoryKafka:
    """Topics as lists, in the order in which records were published; each is taken once."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._waiting: dict[str, list[Received]] = defaultdict(list)
        self._ends: dict[tuple[str, int], int] = defaultdict(int)
        self.all: dict[str, list[Received]] = defaultdict(list)
        """Every record of each topic, in order."""

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has."""
        return self._partitions

    async def publish(self, records: Sequence[Record]) -> list[Written]:
        """Append records and return where they stand."""
        return [self._append(record) for record in records]

    def take(self, *topics: Topic) -> list[Received]:
        """Return what came to topics since the last call, each topic in order."""
        taken: list[Received] = []
        for topic in topics:
            taken += self._waiting.pop(topic.name, [])
        return taken

    def _append(self, record: Record) -> Written:
        partition = record.partition
        if partition is None:
            partition = partition_for(record.topic, record.key or "", self._partitions)
        offset = self._ends[record.topic.name, partition]
        self._ends[record.topic.name, partition] = offset + 1
        received = Received(
            record.topic.name,
            partition,
            offset,
            record.raw_key if record.key is None else record.key.encode(),
            record.value,
            dict(record.headers),
            int(time.time() * 1000),
        )
        self._waiting[record.topic.name].append(received)
        self.all[record.topic.name].append(received)
        return Written(partition, offset)
