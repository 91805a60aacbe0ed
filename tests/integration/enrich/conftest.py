"""The shared broker for enrich, which tests may kill; each test finds our topics anew and empty."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.kafka import Kafka
from schemas.topics import TOPICS, Topic
from services.common.publisher import Publisher
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.enrich.scene import PARTITIONS, Scene
from tests.integration.topics import delete_topics


@pytest.fixture(autouse=True)
def _quiet_clients(caplog: pytest.LogCaptureFixture) -> None:
    """Clients complain many times a second of a broker that a test has killed."""
    caplog.set_level(logging.CRITICAL, logger="aiokafka")


@pytest.fixture
def topics() -> tuple[Topic, ...]:
    """The topics to create; a test may want them otherwise."""
    return TOPICS


@pytest.fixture
async def scene(kafka: Kafka, topics: tuple[Topic, ...], tmp_path: Path) -> AsyncIterator[Scene]:
    """Empty topics and no worker yet; afterwards no worker any more."""
    settings = KafkaSettings(bootstrap=kafka.bootstrap, partitions=PARTITIONS)
    await delete_topics(kafka.bootstrap)
    await create_topics(settings, topics=topics)
    async with Publisher(settings, "tests") as publisher:
        scene = Scene(kafka, settings, publisher, tmp_path)
        try:
            yield scene
        finally:
            scene.close()
    if kafka.running:
        await delete_topics(kafka.bootstrap)
