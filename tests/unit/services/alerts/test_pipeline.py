"""A batch is kept as a whole or not at all, and none is passed over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from sqlalchemy import select

from schemas import EnrichedPost
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
from services.common.watchdog import Watchdog
from tests import eventually
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


async def test_moment_without_the_database_passes_over_no_partition(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.alerts.pipeline._PAUSE_SECONDS", 0.0)
    settings, register = Settings(), Register()
    register.apply(received(museum_record(make_museum())))
    posts = [viral(post_id=f"bluesky:{name}") for name in "abcd"]
    reader = Reader(settings.kafka, TOPIC, "alerts", database, lambda _: None)
    reader._consumer, reader._cluster = _Consumer(posts[:2], posts[2:]), "cluster"

    async def publish(records: Any) -> None:
        """Nobody reads."""

    async def nothing_more() -> None:
        """The register has been read."""

    epoch = datetime.fromtimestamp(0, UTC)
    pipeline = Pipeline(
        reader,
        Judge(Rulebook({}), register, nothing_more, publish, settings, tells_from=epoch),
        _FailingOnce(database, lambda _: (), frozenset(), WallClock()),
        publish,
        Erasure(database, WallClock()),
        Heartbeat(publish, WallClock()),
        None,
        Health(),
        Watchdog(100),
        lambda: None,
    )
    stop = asyncio.Event()
    running = asyncio.create_task(pipeline.run(stop))

    async def all_known() -> bool:
        async with database.transaction() as session:
            known = set(await session.scalars(select(IncidentRow.story_id)))
        return known == {post.story_id for post in posts}

    try:
        await eventually(all_known, within=5)
    finally:
        stop.set()
        await running
