"""Writes records to Kafka: idempotent, and done only when the broker has acknowledged them all.

A refused record does not poison what follows: the producer is made anew and what was
unacknowledged is sent again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from aiokafka.structs import RecordMetadata

from schemas.topics import MAX_DEAD_LETTER_BYTES, partition_for

from .errors import Fatal, Poison
from .kafka import producer_options
from .metrics import PUBLISHED, PUBLISHER_RENEWED
from .records import Record
from .settings import KafkaSettings

log = structlog.get_logger(__name__)

_REFUSED = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTimestampError)
_ATTEMPT_SECONDS = 15.0
_PAUSE_SECONDS = 0.2
_ABANDON_SECONDS = 2.0


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """aiokafka's producer, which can also be closed with what it still holds unsent."""

    async def abandon(self) -> None:
        """Close for good and send nothing more.

        ``stop`` would deliver what waits, and left to itself an idempotent producer tries for
        ever; what it holds is sent again by the next one, and must not come behind newer records.
        """
        self._closed = True
        sender = self._sender.sender_task
        sender.cancel()
        await asyncio.wait([sender], timeout=_ABANDON_SECONDS)
        await self.client.close()


class Publisher:
    """The one way out to Kafka. Use as an async context manager, or ``start`` and ``stop``."""

    def __init__(self, settings: KafkaSettings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id
        self._producer: Producer | None = None
        self._renewing = asyncio.Lock()
        self._partitions: dict[str, int] = {}

    async def __aenter__(self) -> Publisher:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Connect. Raises aiokafka's ``KafkaConnectionError`` where nothing answers."""
        self._producer = await self._connect()

    async def stop(self) -> None:
        """Flush and disconnect; what no broker takes is given up, and so was never acknowledged."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            try:
                async with asyncio.timeout(_ATTEMPT_SECONDS):
                    await producer.stop()
            except TimeoutError:
                log.warning("publisher_stopped_unsent")
                await producer.abandon()

    async def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has. Raises ``Fatal`` where there is no such topic."""
        if topic not in self._partitions:
            try:
                found = await self._ready().partitions_for(topic)
            except UnknownTopicOrPartitionError:
                found = None
            if not found:
                raise Fatal(f"topic {topic} does not exist; run `passaparola topics create`")
            self._partitions[topic] = len(found)
        return self._partitions[topic]

    async def publish(self, records: Sequence[Record]) -> list[RecordMetadata]:
        """Write records in order and wait until the broker has them all.

        Raises ``Poison`` for a record that can never be written (nothing of this call may then
        be relied on; the others were sent), ``Fatal`` when Kafka stayed away for longer than
        the settings allow.
        """
        for record in records:
            check_size(record)
        placed = [(record, await self._place(record)) for record in records]
        results: list[RecordMetadata | None] = [None] * len(placed)
        refused: KafkaError | None = None
        pending = list(range(len(placed)))
        deadline = time.monotonic() + self._settings.retry_seconds
        while pending:
            producer = self._ready()
            outcomes = await self._attempt(producer, [placed[i] for i in pending])
            failed: list[int] = []
            broken: set[tuple[str, int]] = set()
            error: BaseException | None = None
            for i, outcome in zip(pending, outcomes, strict=True):
                record, partition = placed[i]
                log_of = (record.topic.name, partition)
                if isinstance(outcome, _REFUSED):
                    refused = outcome
                elif not isinstance(outcome, RecordMetadata):
                    failed.append(i)
                    broken.add(log_of)
                    error = outcome
                elif log_of in broken:
                    # What comes again before it must not have the last word under its key.
                    failed.append(i)
                else:
                    results[i] = outcome
            if any(not isinstance(outcome, RecordMetadata) for outcome in outcomes):
                await self._renew(producer, deadline)
            if isinstance(error, TopicAuthorizationFailedError):
                raise Fatal(f"Kafka refuses to be written to: {error!r}") from error
            if failed:
                if time.monotonic() > deadline:
                    waited = f"{self._settings.retry_seconds:.0f} s"
                    raise Fatal(f"Kafka took nothing for {waited}: {error!r}") from error
                log.warning("publish_retried", records=len(failed), error=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
            pending = failed
        if refused is not None:
            raise Poison("refused_by_broker", f"the broker refuses this record: {refused!r}")
        PUBLISHED.inc(len(placed))
        return [result for result in results if result is not None]

    async def _attempt(
        self, producer: Producer, placed: Sequence[tuple[Record, int]]
    ) -> list[RecordMetadata | BaseException]:
        outcomes: list[RecordMetadata | BaseException] = []
        deliveries: list[Awaitable[RecordMetadata] | BaseException] = []
        try:
            async with asyncio.timeout(_ATTEMPT_SECONDS):
                for record, partition in placed:
                    try:
                        deliveries.append(await self._send(producer, record, partition))
                    except _REFUSED as error:
                        deliveries.append(error)
        except (KafkaError, TimeoutError) as error:
            deliveries += [error] * (len(placed) - len(deliveries))
        waiting = [asyncio.ensure_future(d) for d in deliveries if not isinstance(d, BaseException)]
        if waiting:
            await asyncio.wait(waiting, timeout=_ATTEMPT_SECONDS)
        done = iter(waiting)
        for delivery in deliveries:
            if isinstance(delivery, BaseException):
                outcomes.append(delivery)
                continue
            future = next(done)
            if not future.done():
                future.cancel()
                outcomes.append(TimeoutError("no answer from the broker"))
            else:
                outcomes.append(_outcome(future))
        return outcomes

    @staticmethod
    async def _send(
        producer: Producer, record: Record, partition: int
    ) -> Awaitable[RecordMetadata]:
        key = record.raw_key
        if record.key is not None:
            key = record.key.encode("utf-8")
        delivery: Awaitable[RecordMetadata] = await producer.send(
            record.topic.name,
            record.value,
            key=key,
            partition=partition,
            headers=list(record.headers),
        )
        return delivery

    async def _place(self, record: Record) -> int:
        if record.partition is not None:
            return record.partition
        if record.key is None:
            raise Poison("no_key", f"a record of {record.topic.name} has neither key nor partition")
        return partition_for(record.topic, record.key, await self.partitions(record.topic.name))

    async def _renew(self, spent: Producer, deadline: float) -> None:
        # Sequence numbers of an idempotent producer are lost with a refused or expired batch:
        # every later record of that partition would fail.
        async with self._renewing:
            if self._producer is None or self._producer is not spent:
                return
            PUBLISHER_RENEWED.inc()
            await spent.abandon()
            while True:
                try:
                    self._producer = await self._connect()
                except (KafkaError, OSError) as error:
                    if time.monotonic() > deadline:
                        raise Fatal(f"Kafka cannot be reached: {error!r}") from error
                    await asyncio.sleep(_PAUSE_SECONDS)
                else:
                    return

    def _ready(self) -> Producer:
        if self._producer is None:
            raise Fatal("the publisher is not started")
        return self._producer

    async def _connect(self) -> Producer:
        producer = Producer(
            **producer_options(self._settings, self._client_id),
            max_request_size=MAX_DEAD_LETTER_BYTES + 64 * 1024,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer


def check_size(record: Record) -> None:
    """Raise ``Poison`` for a value over its topic's limit, before any producer sees it."""
    size = 0 if record.value is None else len(record.value)
    if size > record.topic.max_bytes:
        raise Poison(
            "too_large",
            f"{size} bytes are over the {record.topic.max_bytes} of {record.topic.name}",
        )


def _outcome(future: asyncio.Future[RecordMetadata]) -> RecordMetadata | BaseException:
    if future.cancelled():
        return TimeoutError("the producer was closed")
    error = future.exception()
    return future.result() if error is None else error


PublishRecords = Callable[[Sequence[Record]], Awaitable[object]]
"""Anything that publishes: a ``Publisher.publish``, or a list's ``extend`` behind a coroutine."""
