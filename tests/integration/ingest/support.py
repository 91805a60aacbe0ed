"""What the integration tests of ingest share: waiting, reading topics, and museums on Kafka."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer

from schemas import Museum
from schemas import cloudevents as ce
from schemas.topics import MUSEUMS
from services.common.publisher import Publisher
from services.common.records import Received, event_record, received
from services.common.settings import KafkaSettings

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


async def until(condition: Callable[[], bool | Awaitable[bool]], within: float = 20) -> None:
    """Wait for a condition; fail after ``within`` seconds."""
    deadline = time.monotonic() + within
    while True:
        met = condition()
        if await met if inspect.isawaitable(met) else met:
            return
        assert time.monotonic() < deadline, "it did not come to pass in time"
        await asyncio.sleep(0.1)  # most looks read a whole topic


async def read(settings: KafkaSettings, topic: str) -> list[Received]:
    """Everything that a topic holds now, partition by partition in order."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        tps = sorted(consumer.assignment())
        ends = await consumer.end_offsets(tps)
        await consumer.seek_to_beginning(*tps)
        found: list[Received] = []
        while any([await consumer.position(tp) < ends[tp] for tp in tps]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += map(received, records)
        return sorted(found, key=lambda r: (r.partition, r.offset))
    finally:
        await consumer.stop()


def posts(records: Sequence[Received]) -> dict[str, bytes | None]:
    """The compacted view: the last value under each key that is no tick's."""
    return {
        (r.key or b"").decode(): r.value for r in records if not (r.key or b"").startswith(b"tick/")
    }


def museum(museum_id: str = "egizio", **fields: Any) -> Museum:
    """A museum found by ``#<its id>`` unless it is said how."""
    fields = fields or {"hashtags": [{"raw": museum_id}]}
    given = {"museum_id": museum_id, "name": museum_id, "timezone": "Europe/Rome"}
    return Museum.model_validate(given | fields)


async def apply_museums(settings: KafkaSettings, *museums: Museum) -> None:
    """Put museums on their topic."""
    async with Publisher(settings, "test") as publisher:
        await publisher.publish(
            [event_record(MUSEUMS, ce.MUSEUM, "/test", m.museum_id, m, NOW) for m in museums]
        )
