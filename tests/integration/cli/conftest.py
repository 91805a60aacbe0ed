"""The commands on the shared broker: our topics have fixed names, so each test finds them empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import Kafka
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.topics import delete_topics
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


@pytest.fixture
async def bare(kafka: Kafka) -> AsyncIterator[KafkaSettings]:
    """A broker without any topic of ours."""
    await delete_topics(kafka.bootstrap)
    yield KafkaSettings(bootstrap=kafka.bootstrap, partitions=PARTITIONS)
    await delete_topics(kafka.bootstrap)


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
