"""Runs enrich with a register read late: ``python -m tests.integration.enrich.late_register``.

What the followers have fetched they apply only a while later, as on a slow network.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.enrich.app import run
from services.enrich.settings import Settings

LATE_SECONDS = 0.3


def be_late() -> None:
    """Delay what followers read; Faust reads by other ways."""
    getmany = AIOKafkaConsumer.getmany

    async def late(self: AIOKafkaConsumer, *partitions: Any, **options: Any) -> Any:
        found = await getmany(self, *partitions, **options)
        await asyncio.sleep(LATE_SECONDS if found else 0)
        return found

    AIOKafkaConsumer.getmany = late


if __name__ == "__main__":
    be_late()
    run(Settings())
