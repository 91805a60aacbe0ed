"""The shared broker for ingest: each test finds our topics empty."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from deploy.local.kafka import Kafka
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.topics import delete_topics


@pytest.fixture
async def kafka_settings(kafka: Kafka) -> AsyncIterator[KafkaSettings]:
    """All topics, empty, with four partitions."""
    settings = KafkaSettings(bootstrap=kafka.bootstrap, partitions=4, retry_seconds=20)
    await delete_topics(kafka.bootstrap)
    await create_topics(settings)
    yield settings
    await delete_topics(kafka.bootstrap)
