"""Plain aiokafka: ``getmany``, parse, write, wait for the deliveries, commit once a second.

python -m benchmarks.peers.plain_aiokafka BOOTSTRAP TARGET SOURCE...
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.common.kafka import consumer_options, producer_options
from services.common.settings import KafkaSettings

_COMMIT_SECONDS = 1.0


async def pass_through(bootstrap: str, target: str, sources: list[str]) -> None:
    """Pass records on until killed."""
    kafka = KafkaSettings(bootstrap=bootstrap)
    committed = time.monotonic()
    async with (
        AIOKafkaConsumer(
            *sources,
            **consumer_options(kafka, "plain-aiokafka"),
            group_id="plain-aiokafka",
            max_poll_records=500,
        ) as consumer,
        AIOKafkaProducer(**producer_options(kafka, "plain-aiokafka")) as producer,
    ):
        while True:
            deliveries = []
            for records in (await consumer.getmany(timeout_ms=500)).values():
                for record in records:
                    if record.value is not None:
                        json.loads(record.value)
                    deliveries.append(
                        await producer.send(
                            target, record.value, key=record.key, partition=record.partition
                        )
                    )
            await asyncio.gather(*deliveries)
            if time.monotonic() - committed > _COMMIT_SECONDS:
                await consumer.commit()
                committed = time.monotonic()


if __name__ == "__main__":
    asyncio.run(pass_through(sys.argv[1], sys.argv[2], sys.argv[3:]))
