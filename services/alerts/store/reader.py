"""Reads a topic in a consumer group, from the offsets that the database has, never the group's.

The group only shares out partitions. Nothing is committed to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError

from schemas.cloudevents import as_mapping
from services.common.errors import Fatal, Retryable
from services.common.kafka import client_options, consumer_options
from services.common.metrics import PARTITION_LAG
from services.common.records import Received
from services.common.settings import KafkaSettings

from . import offsets
from .database import Database
from .offsets import Place

log = structlog.get_logger(__name__)

_MOST_RECORDS = 500
_WAIT_MS = 500
_GATHER_SECONDS = 0.1
"""Between two reads records gather, for each batch costs a transaction; not while we lag behind."""


class Batch(NamedTuple):
    """Records of one partition. It may be kept only where the database still says ``expected``."""

    place: Place
    expected: int | None
    next: int
    records: Sequence[Received]


class Reader:
    """Hands out batches; ``assigned`` is called with the partitions after each rebalance."""

    def __init__(
        self,
        settings: KafkaSettings,
        topic: str,
        group: str,
        database: Database,
        assigned: Callable[[frozenset[int]], None],
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._group = group
        self._database = database
        self._assigned = assigned
        self._cluster = ""
        self._consumer: AIOKafkaConsumer | None = None
        self._positions: dict[TopicPartition, int | None] = {}
        self._next_read = 0.0
        self._beginnings = 0

    async def __aenter__(self) -> Reader:
        """Join the group. Raises ``Fatal`` where the topic is missing."""
        self._cluster = await cluster_id(self._settings, self._group)
        consumer = AIOKafkaConsumer(
            **consumer_options(self._settings, self._group),
            group_id=self._group,
            partition_assignment_strategy=(RangePartitionAssignor,),
            max_poll_records=_MOST_RECORDS,
        )
        await consumer.start()
        self._consumer = consumer
        if self._topic not in await consumer.topics():
            await consumer.stop()
            raise Fatal(f"topic {self._topic} does not exist; run `passaparola topics create`")
        consumer.subscribe([self._topic], listener=_Listener(self.forget, self._assigned))
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._consumer is not None:
            await self._consumer.stop()

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that are ours now."""
        return frozenset(tp.partition for tp in self._ready().assignment())

    @property
    def beginnings(self) -> int:
        """How often reading has begun anew: at a rebalance, a refusal, or after a trouble."""
        return self._beginnings

    @property
    def all_partitions(self) -> int:
        """How many partitions the topic has."""
        return len(self._ready().partitions_for_topic(self._topic) or ())

    def progress(self) -> dict[Hashable, tuple[int, int]]:
        """Return position and end of each partition that is read."""
        consumer = self._ready()
        seen: dict[Hashable, tuple[int, int]] = {}
        PARTITION_LAG.clear()  # of what was given away another replica tells
        for tp, position in self._positions.items():
            end = consumer.highwater(tp) if tp in consumer.assignment() else None
            if end is not None:
                seen[tp.partition] = (min(position or 0, end), end)
                PARTITION_LAG.labels(self._topic, tp.partition).set(end - (position or 0))
        return seen

    async def batches(self) -> list[Batch]:
        """Wait a little for records. Raises ``Retryable`` where database or Kafka are away."""
        consumer = self._ready()
        for tp in consumer.assignment() - self._positions.keys():
            try:
                await self._take_up(tp)
            except KafkaError as error:
                raise Retryable(f"Kafka does not answer: {type(error).__name__}") from error
        now = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._next_read - now()))
        found = await consumer.getmany(timeout_ms=_WAIT_MS)
        lags = sum(map(len, found.values())) == _MOST_RECORDS
        self._next_read = now() + (0.0 if lags else _GATHER_SECONDS)
        return [
            Batch(
                self._place(tp),
                self._positions[tp],
                records[-1].offset + 1,
                [_received(record) for record in records],
            )
            for tp, records in found.items()
            if tp in self._positions and records
        ]

    def kept(self, batch: Batch) -> None:
        """Go on behind a batch that the database has kept."""
        tp = TopicPartition(batch.place.topic, batch.place.partition)
        if tp in self._positions:
            self._positions[tp] = batch.next

    def refused(self, batch: Batch) -> None:
        """Read its partition again from where the database says."""
        self._positions.pop(TopicPartition(batch.place.topic, batch.place.partition), None)
        self._beginnings += 1

    async def _take_up(self, tp: TopicPartition) -> None:
        consumer = self._ready()
        async with self._database.transaction() as session:
            known = await offsets.read(session, self._place(tp))
        ends = await consumer.end_offsets([tp])
        if tp not in consumer.assignment():
            return
        if known is None:
            await consumer.seek_to_beginning(tp)
        elif known > ends[tp]:
            # A topic made anew under its old name: its records are new, so nothing is doubled.
            log.warning("topic_recreated", partition=tp.partition, offset=known, end=ends[tp])
            await consumer.seek_to_beginning(tp)
        else:
            consumer.seek(tp, known)
        self._positions[tp] = known

    def forget(self) -> None:
        """Read every partition again from where the database says."""
        self._positions.clear()
        self._beginnings += 1

    def _place(self, tp: TopicPartition) -> Place:
        return Place(self._cluster, tp.topic, tp.partition)

    def _ready(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise Fatal("the reader is not started")
        return self._consumer


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Forgets positions at each rebalance, so that the next look goes to the database."""

    def __init__(
        self, forget: Callable[[], None], assigned: Callable[[frozenset[int]], None]
    ) -> None:
        self._forget = forget
        self._tell = assigned

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._forget()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._forget()
        log.info("partitions_assigned", partitions=sorted(tp.partition for tp in assigned))
        self._tell(frozenset(tp.partition for tp in assigned))


async def cluster_id(settings: KafkaSettings, client_id: str) -> str:
    """Ask the broker which cluster it belongs to: offsets are worth nothing on another."""
    admin = AIOKafkaAdminClient(**client_options(settings, client_id))
    try:
        await admin.start()
        found = (await admin.describe_cluster()).get("cluster_id")
    finally:
        await admin.close()
    if not isinstance(found, str):
        raise Fatal("the broker does not say which cluster it belongs to")
    return found


def _received(record: ConsumerRecord) -> Received:
    return Received(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        as_mapping(record.headers),
        record.timestamp,
    )
