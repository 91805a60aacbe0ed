"""Follows a compacted topic whole, without a group: every service's view of a register.

It reads from the beginning, tells when it has reached the end that it found, and goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import Topic

from .errors import Fatal, Retryable
from .kafka import client_options
from .records import Received, received
from .settings import KafkaSettings
from .tasks import first_of
from .topics import require_topic

log = structlog.get_logger(__name__)

_RECONNECT_SECONDS = 1.0
_POLL_MS = 500


class Follower:
    """Reads one compacted topic to its end and on; hands each record to ``apply`` in order.

    ``apply`` must not raise: a record that it cannot read is its own to count and pass over.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topic: Topic,
        apply: Callable[[Received], None],
        client_id: str,
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._apply = apply
        self._client_id = client_id
        self._positions: dict[TopicPartition, int] = {}
        self._moved = asyncio.Condition()
        self._caught_up = asyncio.Event()
        self._asker: AIOKafkaConsumer | None = None
        self._moved_at = 0.0

    async def wait_caught_up(self) -> None:
        """Wait until the end that the topic had at the start has been read."""
        await self._caught_up.wait()

    async def run(self) -> None:
        """Follow until cancelled; a lost connection is taken up again where it broke.

        Raises ``Fatal`` where Kafka stays away for too long before the end was reached once: until
        then nobody can work.
        """
        self._moved_at = time.monotonic()
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                waited = time.monotonic() - self._moved_at
                if not self._caught_up.is_set() and waited > self._settings.retry_seconds:
                    raise Fatal(
                        f"{self._topic.name} cannot be read for {waited:.0f} s: {error!r}"
                    ) from error
                log.warning(
                    "follower_reconnects", topic=self._topic.name, error=type(error).__name__
                )
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def read_present_end(self) -> None:
        """Wait until everything that the topic holds at this moment has been read.

        Raises ``Retryable`` where Kafka does not say how much that is.
        """
        async with self._moved:
            await self._moved.wait_for(lambda: self._asker is not None)
            if self._asker is None:
                return
            try:
                ends = await self._asker.end_offsets(list(self._positions))
            except (KafkaError, OSError) as error:
                raise Retryable(f"the end of {self._topic.name} is not known: {error!r}") from error
            await self._moved.wait_for(lambda: self._reached(ends))

    def _reached(self, ends: dict[TopicPartition, int]) -> bool:
        return all(end == 0 or self._positions.get(tp, 0) >= end for tp, end in ends.items())

    async def _follow(self) -> None:
        await require_topic(self._settings, self._topic.name)
        consumer = AIOKafkaConsumer(
            self._topic.name,
            **client_options(self._settings, self._client_id),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        # On a connection of its own, for on the other an answer waits behind a fetch that waits.
        asker = AIOKafkaConsumer(**client_options(self._settings, self._client_id))
        try:
            await consumer.start()
            await asker.start()
            tps = sorted(consumer.assignment())
            beginnings = await consumer.beginning_offsets(tps)
            ends = await consumer.end_offsets(tps)
            for tp in tps:
                consumer.seek(tp, max(self._positions.get(tp, 0), beginnings[tp]))
            self._asker = asker
            await self._advance(consumer, tps, ends)
            while True:
                batches = await consumer.getmany(timeout_ms=_POLL_MS)
                for records in batches.values():
                    for record in records:
                        self._apply(received(record))
                if batches or not self._caught_up.is_set():
                    await self._advance(consumer, tps, ends)
        finally:
            self._asker = None
            await asker.stop()
            await consumer.stop()

    async def _advance(
        self, consumer: AIOKafkaConsumer, tps: list[TopicPartition], ends: dict[TopicPartition, int]
    ) -> None:
        # Positions and not offsets of records: the last ones before the end may be compacted away.
        async with self._moved:
            for tp in tps:
                self._positions[tp] = await consumer.position(tp)
            self._moved_at = time.monotonic()
            if self._reached(ends):
                self._caught_up.set()
            self._moved.notify_all()


async def present(settings: KafkaSettings, topic: Topic, client_id: str) -> dict[str, bytes]:
    """Return the values that a compacted topic holds now, by key.

    Raises ``Fatal`` where there is no such topic, ``KafkaError`` where Kafka does not answer: the
    person who asks would else see nothing for as long as a service is patient.
    """
    await require_topic(settings, topic.name)
    values: dict[str, bytes] = {}

    def take(received: Received) -> None:
        key = (received.key or b"").decode("utf-8", "replace")
        if received.value is None:
            values.pop(key, None)
        else:
            values[key] = received.value

    follower = Follower(settings, topic, take, client_id)
    await first_of(follower.run(), follower.wait_caught_up())
    return values
