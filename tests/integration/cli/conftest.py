"""The commands on the shared broker: our topics have fixed names, so each test finds them empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import Kafka
from schemas.topics import TOPICS
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.cli.waiting import until
from tests.unit.cli.command import Said, call, run

PARTITIONS = 4

Command = Callable[..., Awaitable[Said]]
"""``await passaparola("topics", "check")``."""


@asynccontextmanager
async def admin_of(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def delete_topics(settings: KafkaSettings, *names: str) -> None:
    """Delete those of the topics that are there, and wait until they are gone."""
    async with admin_of(settings) as admin:
        there = set(names) & set(await admin.list_topics())
        if there:
            await admin.delete_topics(sorted(there))

        async def gone() -> bool:
            return not there & set(await admin.list_topics())

        await until(gone, "topics are deleted")


@pytest.fixture
async def bare(kafka: Kafka) -> AsyncIterator[KafkaSettings]:
    """A broker without any topic of ours."""
    settings = KafkaSettings(bootstrap=kafka.bootstrap, partitions=PARTITIONS)
    ours = [topic.name for topic in TOPICS]
    await delete_topics(settings, *ours)
    yield settings
    await delete_topics(settings, *ours)


@pytest.fixture
async def settings(bare: KafkaSettings) -> KafkaSettings:
    """A broker with all topics, empty."""
    await create_topics(bare)
    return bare


@pytest.fixture
def passaparola(bare: KafkaSettings, tmp_path: Path) -> Command:
    """The command in this process, in a folder of its own, pointed at the broker."""
    return partial(call, folder=tmp_path, **pointed_at(bare))


@pytest.fixture
def started(bare: KafkaSettings, tmp_path: Path) -> Command:
    """The same as a process of its own."""
    return partial(run, folder=tmp_path, **pointed_at(bare))


def pointed_at(kafka: KafkaSettings) -> dict[str, str]:
    return {
        "PASSAPAROLA_KAFKA__BOOTSTRAP": kafka.bootstrap,
        "PASSAPAROLA_KAFKA__PARTITIONS": str(kafka.partitions),
    }
