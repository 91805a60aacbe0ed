"""Alerts on a real Kafka, beside a Slack and a mailbox that show faults on order."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import insert, update

from demo.inbox import Inbox
from demo.slack import TOKEN, SlackStandIn
from deploy.local.kafka import Kafka
from deploy.local.ports import free_port
from schemas import EnrichedPost, Museum
from schemas.topics import POSTS_ENRICHED
from services.alerts.store.database import Database
from services.alerts.store.migrate import migrate
from services.alerts.store.models import NotificationRow, OffsetRow
from services.alerts.store.notifications import State
from services.alerts.store.reader import cluster_id
from services.common.publisher import Publisher
from services.common.records import Record
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from tests.unit.services.alerts.samples import make_museum, make_post, museum_record, viral

PARTITIONS = 4
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


async def until(check: Callable[[], Any], seconds: float = 30.0, what: str = "") -> Any:
    """Wait until a check, which may be a coroutine, gives something true; return that."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = check()
                if isinstance(found, Awaitable):
                    found = await found
                if found:
                    return found
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"did not happen within {seconds:.0f} s: {what or check}")


class World:
    """One museum's team, its channels, and alerts as processes on a database."""

    def __init__(
        self, kafka: KafkaSettings, publisher: Publisher, slack: SlackStandIn, inbox: Inbox,
        database_url: str, folder: Path,
    ) -> None:  # fmt: skip
        self.kafka = kafka
        self.slack = slack
        self.inbox = inbox
        self.database_url = database_url
        self.channel = next(iter(slack.workspace.channels))
        self.museum: Museum = make_museum(f"museum-{uuid.uuid4().hex[:12]}")
        self.group = f"alerts-{uuid.uuid4().hex[:8]}"
        self._publisher = publisher
        self._folder = folder
        self._services: list[Service] = []
        self.environment = {
            "PASSAPAROLA_KAFKA__BOOTSTRAP": kafka.bootstrap,
            "PASSAPAROLA_KAFKA__SESSION_SECONDS": "6",
            "PASSAPAROLA_GROUP": self.group,
            "PASSAPAROLA_DATABASE__URL": database_url,
            "PASSAPAROLA_ALERTS__RECEIVERS": (
                f'{{"egizio": {{"slack": "{self.channel}", "email": ["press@museum.example"]}}}}'
            ),
            "PASSAPAROLA_SLACK__TOKEN": TOKEN,
            "PASSAPAROLA_SLACK__BASE_URL": slack.base_url,
            "PASSAPAROLA_SMTP__HOST": "127.0.0.1",
            "PASSAPAROLA_SMTP__PORT": str(inbox.port),
            "PASSAPAROLA_SMTP__SECURITY": "none",
            "PASSAPAROLA_SMTP__SENDER": "Passaparola <alerts@museum.example>",
            "PASSAPAROLA_OUTBOX__CALL_SECONDS": "15",
            "PASSAPAROLA_OUTBOX__LEASE_SECONDS": "30",
            "PASSAPAROLA_OUTBOX__SETTLE_SECONDS": "1",
            "PASSAPAROLA_OUTBOX__FIRST_PAUSE_SECONDS": "0.2",
            "PASSAPAROLA_OUTBOX__BLOCKED_SECONDS": "1",
        }

    async def publish(self, *records: Record) -> None:
        await self._publisher.publish(list(records))

    def viral(self, **changes: Any) -> EnrichedPost:
        """Return a viral post of just now: the text of what is old would be erased."""
        return viral(**(self._new_post() | changes))

    def quiet(self) -> EnrichedPost:
        """Return a post of just now that alerts nobody."""
        return make_post(**self._new_post())

    def _new_post(self) -> dict[str, Any]:
        return {
            "museum_id": self.museum.museum_id,
            "post_id": f"bluesky:{uuid.uuid4().hex}",
            "observed_at": datetime.now(UTC),
        }

    async def start(self, **changes: str) -> Service:
        """Start alerts as a process and wait until it is ready."""
        service = await self.launch(**changes)
        await until(service.ready, what="alerts is ready")
        return service

    async def launch(self, **changes: str) -> Service:
        """Start alerts as a process, which may end at once."""
        service = Service(self._folder, self.environment | changes)
        self._services.append(service)
        await service.start()
        return service

    def messages(self) -> list[dict[str, Any]]:
        """The channel's messages that are not replies."""
        shown = self.slack.messages(self.channel)
        return [m for m in shown if m.get("thread_ts", m["ts"]) == m["ts"]]

    def replies(self) -> list[dict[str, Any]]:
        shown = self.slack.messages(self.channel)
        return [m for m in shown if m.get("thread_ts", m["ts"]) != m["ts"]]

    def mails(self) -> list[Path]:
        return self.inbox.folder.files

    def mail_ids(self) -> set[str | None]:
        """Return the Message-IDs of mails that were kept."""
        return {mail.message_id for mail in self.inbox.ledger if mail.accepted}

    async def stop(self) -> None:
        for service in self._services:
            await service.stop()


class Service:
    """``python -m services.alerts`` as a process."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.log = folder / f"alerts-{self.port}.log"
        self._environment = environment | {"PASSAPAROLA_HTTP__PORT": str(self.port)}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.alerts",
                env=os.environ | self._environment, stderr=log,
            )  # fmt: skip

    async def get(self, path: str) -> tuple[int, Any]:
        address = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(address) as response:
            if response.content_type == "application/json":
                return response.status, await response.json()
            return response.status, await response.text()

    async def ready(self) -> bool:
        assert self._process is not None
        if self._process.returncode is not None:
            pytest.fail(f"alerts ended with {self._process.returncode}:\n{self.log.read_text()}")
        try:
            status, _ = await self.get("/readyz")
        except aiohttp.ClientError:
            return False
        return status == 200

    async def ended(self) -> int:
        """Wait until the process has ended by itself."""
        assert self._process is not None
        async with asyncio.timeout(30):
            return await self._process.wait()

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(15):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()


async def end_leases(database_url: str) -> None:
    """Let the leases of a killed process end at once."""
    database = Database(database_url)
    async with database.transaction() as session:
        await session.execute(
            update(NotificationRow)
            .where(NotificationRow.state == State.SENDING)
            .values(lease_until=datetime.now(UTC))
        )
    await database.close()


async def begin_at_the_end(settings: KafkaSettings, database_url: str) -> None:
    """Let a database begin behind what other tests have written to the shared broker."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap)
    await consumer.start()
    try:
        tps = [TopicPartition(POSTS_ENRICHED.name, number) for number in range(PARTITIONS)]
        ends = await consumer.end_offsets(tps)
    finally:
        await consumer.stop()
    cluster = await cluster_id(settings, "tests")
    database = Database(database_url)
    async with database.transaction() as session:
        for tp, end in ends.items():
            await session.execute(
                insert(OffsetRow).values(
                    cluster=cluster, topic=tp.topic, partition=tp.partition, next=end
                )
            )
    await database.close()


@pytest.fixture
async def kafka_settings(kafka: Kafka) -> KafkaSettings:
    settings = KafkaSettings(bootstrap=kafka.bootstrap, partitions=PARTITIONS)
    await create_topics(settings)
    return settings


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, postgres: str, tmp_path: Path) -> str:
    """The address of an empty database without tables."""
    return postgres if request.param == "postgresql" else f"sqlite:///{tmp_path / 'fresh.db'}"


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, postgres: str, tmp_path: Path) -> str:
    """The address of a migrated, empty database: SQLite unless a test asks for others."""
    on_postgres = getattr(request, "param", "sqlite") == "postgresql"
    url = postgres if on_postgres else f"sqlite:///{tmp_path / 'alerts.db'}"
    await asyncio.to_thread(migrate, url)
    return url


@pytest.fixture
async def world(
    kafka_settings: KafkaSettings, database_url: str, tmp_path: Path
) -> AsyncIterator[World]:
    await begin_at_the_end(kafka_settings, database_url)
    async with (
        SlackStandIn() as slack,
        Inbox(folder=tmp_path / "mails") as inbox,
        Publisher(kafka_settings, "tests") as publisher,
    ):
        made = World(kafka_settings, publisher, slack, inbox, database_url, tmp_path)
        await made.publish(museum_record(made.museum))
        try:
            yield made
        finally:
            await made.stop()
