"""Reads whole topics."""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer

from schemas.topics import is_tick_key
from services.common.records import Received, received
from services.common.settings import KafkaSettings


async def read(settings: KafkaSettings, topic: str) -> list[Received]:
    """Everything that a topic holds now but ticks, each partition in order."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=settings.bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    try:
        await consumer.start()
        ends = await consumer.end_offsets(list(consumer.assignment()))
        assert ends, f"no topic {topic}"
        found: list[Received] = []
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += map(received, records)
    finally:
        await consumer.stop()
    found = [r for r in found if not is_tick_key((r.key or b"").decode("utf-8", "replace"))]
    return sorted(found, key=lambda r: (r.partition, r.offset))


def compacted(records: Sequence[Received]) -> dict[str, bytes | None]:
    """The last value under each key."""
    return {(record.key or b"").decode(): record.value for record in records}
