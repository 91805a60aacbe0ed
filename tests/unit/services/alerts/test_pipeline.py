"""A batch is kept as a whole or not at all, and none is passed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from sqlalchemy import select

from schemas import EnrichedPost, Incident, decode
from services.alerts.erasure import Erasure
from services.alerts.heartbeat import Heartbeat
from services.alerts.judging import Judge
from services.alerts.pipeline import Pipeline
from services.alerts.register import Register
from services.alerts.rules import Rulebook
from services.alerts.settings import Settings
from services.alerts.store.casework import Casework, Changes
from services.alerts.store.database import Database
from services.alerts.store.models import IncidentRow
from services.alerts.store.reader import Batch, Reader
from services.common.clock import WallClock
from services.common.errors import Retryable
from services.common.health import Health
from services.common.publisher import PublishRecords
from services.common.records import Record
from services.common.watchdog import Watchdog
from tests import eventually
from tests.unit.services.alerts.desk import Desk
from tests.unit.services.alerts.samples import (
    make_museum,
    museum_record,
    post_record,
    received,
    viral,
)

TOPIC = "posts.enriched"


class _Consumer:
    """Two partitions; each poll returns one record of each, and goes on behind it."""

    def __init__(self, *partitions: list[EnrichedPost]) -> None:
        self._log = {
            TopicPartition(TOPIC, number): [
                _record(number, at, post) for at, post in enumerate(posts)
            ]
            for number, posts in enumerate(partitions)
        }
        self._at = dict.fromkeys(self._log, 0)
        self.polls = 0

    def append(self, partition: int, post: EnrichedPost) -> None:
        log = self._log[TopicPartition(TOPIC, partition)]
        log.append(_record(partition, len(log), post))

    def assignment(self) -> set[TopicPartition]:
        return set(self._log)

    def highwater(self, tp: TopicPartition) -> int:
        return len(self._log[tp])

    async def end_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: len(self._log[tp]) for tp in tps}

    async def seek_to_beginning(self, tp: TopicPartition) -> None:
        self._at[tp] = 0

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self._at[tp] = offset

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0)
        self.polls += 1
        found = {tp: log[self._at[tp] : self._at[tp] + 1] for tp, log in self._log.items()}
        for tp, records in found.items():
            self._at[tp] += len(records)
        return {tp: records for tp, records in found.items() if records}


class _FailingOnce(Casework):
    """The database is away for a moment, at the first batch."""

    failed = False

    async def keep(self, batch: Batch, events: Any) -> Changes | None:
        if not self.failed:
            self.failed = True
            raise Retryable("the database does not answer")
        return await super().keep(batch, events)


def _record(partition: int, offset: int, post: EnrichedPost) -> Any:
    record = post_record(post)
    assert record.key is not None
    return ConsumerRecord(
        TOPIC,
        partition,
        offset,
        timestamp=int(datetime.now(UTC).timestamp() * 1000),
        timestamp_type=0,
        key=record.key.encode(),
        value=record.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=record.headers,
    )


class _Counting(Casework):
    """Counts the looks for what is unpublished."""

    looks = 0

    async def unpublished(self, partitions: frozenset[int]) -> Sequence[Incident]:
        self.looks += 1
        return await super().unpublished(partitions)


class _Topic:
    """What was published of incidents."""

    def __init__(self) -> None:
        self.stories: set[str] = set()

    async def publish(self, records: Sequence[Record]) -> list[Any]:
        values = [record.value for record in records if record.value is not None]
        self.stories.update(decode(Incident, value).story_id for value in values)
        return []


@asynccontextmanager
async def running(
    database: Database, casework: Casework, consumer: _Consumer, publish: PublishRecords
) -> AsyncIterator[None]:
    settings, register = Settings(), Register()
    register.apply(received(museum_record(make_museum())))
    reader = Reader(settings.kafka, TOPIC, "alerts", database, lambda _: None)
    reader._consumer, reader._cluster = consumer, "cluster"

    async def nothing_more() -> None:
        """The register has been read."""

    epoch = datetime.fromtimestamp(0, UTC)
    pipeline = Pipeline(
        reader,
        Judge(Rulebook({}), register, nothing_more, publish, settings, tells_from=epoch),
        casework,
        publish,
        Erasure(database, WallClock()),
        Heartbeat(publish, WallClock()),
        None,
        Health(),
        Watchdog(100),
        lambda: None,
    )
    stop = asyncio.Event()
    run = asyncio.create_task(pipeline.run(stop))
    try:
        yield
    finally:
        stop.set()
        await run


async def test_moment_without_the_database_passes_over_no_partition(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.alerts.pipeline._PAUSE_SECONDS", 0.0)
    posts = [viral(post_id=f"bluesky:{name}") for name in "abcd"]
    casework = _FailingOnce(database, lambda _: (), frozenset(), WallClock())

    async def all_known() -> bool:
        async with database.transaction() as session:
            known = set(await session.scalars(select(IncidentRow.story_id)))
        return known == {post.story_id for post in posts}

    async with running(database, casework, _Consumer(posts[:2], posts[2:]), _Topic().publish):
        await eventually(all_known, within=5)


async def test_unpublished_incidents_are_looked_for_where_some_can_be(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.alerts.store.reader._GATHER_SECONDS", 0.0)
    topic, consumer, post = _Topic(), _Consumer([]), viral()
    casework = _Counting(database, lambda _: (), frozenset(), WallClock())
    async with running(database, casework, consumer, topic.publish):
        await eventually(lambda: casework.looks == 1, within=5)
        polls = consumer.polls
        await eventually(lambda: consumer.polls > polls + 20, within=5)
        assert casework.looks == 1
        # Another replica keeps a batch of our partition, and dies before it publishes.
        await Desk(database, {}, {}).keep(post)
        consumer.append(0, post)
        await eventually(lambda: topic.stories == {post.story_id}, within=5)
