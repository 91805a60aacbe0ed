"""Reads a topic backwards from its end, in steps, until each partition has shown what is sought."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import Topic

from .kafka import client_options
from .records import Received, received
from .settings import KafkaSettings
from .topics import require_topic

_FIRST_STEP = 500


async def newest(
    settings: KafkaSettings, topic: Topic, accept: Callable[[Received], bool], client_id: str
) -> list[Received]:
    """Return the newest record of each partition that ``accept`` takes; none where none does.

    Raises ``Fatal`` where there is no such topic.
    """
    await require_topic(settings, topic.name)
    consumer = AIOKafkaConsumer(
        topic.name, **client_options(settings, client_id), enable_auto_commit=False
    )
    try:
        await consumer.start()
        tps = sorted(consumer.assignment())
        beginnings = await consumer.beginning_offsets(tps)
        ends = await consumer.end_offsets(tps)
        found = []
        for tp in tps:
            record = await _newest_of(consumer, tp, beginnings[tp], ends[tp], accept)
            if record is not None:
                found.append(record)
        return found
    finally:
        await consumer.stop()


async def _newest_of(
    consumer: AIOKafkaConsumer,
    tp: TopicPartition,
    beginning: int,
    end: int,
    accept: Callable[[Received], bool],
) -> Received | None:
    step = _FIRST_STEP
    while end > beginning:
        start = max(beginning, end - step)
        last = None
        async for record in _between(consumer, tp, start, end):
            if accept(record):
                last = record
        if last is not None:
            return last
        end, step = start, step * 2
    return None


async def _between(
    consumer: AIOKafkaConsumer, tp: TopicPartition, start: int, end: int
) -> AsyncIterator[Received]:
    consumer.seek(tp, start)
    # Positions and not offsets of records: the last ones may be compacted away.
    while await consumer.position(tp) < end:
        batches = await consumer.getmany(tp, timeout_ms=500)
        for record in batches.get(tp, ()):
            if record.offset < end:
                yield received(record)
