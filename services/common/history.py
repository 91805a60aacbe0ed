"""Reads what topics hold from an instant to their present end, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import Topic

from .kafka import client_options
from .records import Received, received
from .settings import KafkaSettings
from .topics import require_topic

_POLL_MS = 500


async def history(
    settings: KafkaSettings, topics: Sequence[Topic], since: datetime
) -> list[Received]:
    """Return the records that were produced since an instant, each partition's in order.

    Raises ``Fatal`` where there is no such topic.
    """
    for topic in topics:
        await require_topic(settings, topic.name)
    consumer = AIOKafkaConsumer(
        *(topic.name for topic in topics),
        **client_options(settings, "passaparola-history"),
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        return await _between(consumer, since)
    finally:
        await consumer.stop()


async def _between(consumer: AIOKafkaConsumer, since: datetime) -> list[Received]:
    tps: list[TopicPartition] = sorted(consumer.assignment())
    ends = await consumer.end_offsets(tps)
    begins = await consumer.offsets_for_times(
        dict.fromkeys(tps, max(0, int(since.timestamp() * 1000)))
    )
    found: list[Received] = []
    for tp in tps:
        begin = begins.get(tp)
        if begin is None:  # nothing is so new
            continue
        consumer.seek(tp, begin.offset)
        # Positions and not offsets of records: the last ones may be compacted away.
        while await consumer.position(tp) < ends[tp]:
            batches = await consumer.getmany(tp, timeout_ms=_POLL_MS)
            found += [
                received(record) for record in batches.get(tp, ()) if record.offset < ends[tp]
            ]
    return found
