"""A day played through the services' own pipelines in one process: no Kafka, real receivers.

The receivers are the demo's stand-ins on this machine and the database is SQLite; only Kafka and
Faust are left out.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from demo.day import POSTS, Day, write_day
from demo.inbox import Inbox
from demo.judge import Verdict
from demo.play import settings_for, verdict_of
from demo.receivers import receivers_of
from demo.slack import SlackStandIn
from schemas import Museum, Transport
from schemas.codec import encode
from schemas.topics import (
    ENGAGEMENT,
    MUSEUM_ROWS,
    MUSEUMS,
    POST_ROWS,
    POSTS_ENRICHED,
    POSTS_RAW,
)
from services.alerts.channels import create_channels
from services.alerts.delivery import Delivery
from services.alerts.judging import Judge
from services.alerts.outbox import Outbox
from services.alerts.register import Register as AlertsRegister
from services.alerts.routing import Routing, load_routing
from services.alerts.rules import Rulebook
from services.alerts.settings import Settings
from services.alerts.store.casework import Casework
from services.alerts.store.database import Database
from services.alerts.store.migrate import migrate
from services.alerts.store.offsets import Place
from services.alerts.store.reader import Batch
from services.common.clock import SetClock, WallClock
from services.common.guard import DeadLetterLimit, Guard
from services.common.outbound import Outbound
from services.common.records import Received, Record
from services.common.settings import GuardSettings
from services.common.streams import Stage
from services.enrich.counting import Counting
from services.enrich.register import Register as EnrichRegister
from services.enrich.scoring import Scoring
from services.enrich.sentiment import load_model
from services.enrich.understanding import Reader as TextReader
from services.enrich.usual import Usual
from services.ingest.connectors.replay.facts import Reading
from services.ingest.connectors.replay.lines import File
from services.ingest.connectors.replay.reader import Reader
from services.ingest.connectors.replay.replay import Position, Replay
from services.ingest.matching import Matcher
from services.ingest.pipeline import Pipeline
from services.ingest.ticks import Ticker
from services.ingest.tracked import TrackedPosts
from tests.support.memory import MemoryKafka, MemoryRows


class _Known:
    """The day's museums, as ingest asks for them."""

    def __init__(self, museums: tuple[Museum, ...]) -> None:
        self.current = Matcher(museums)


class _Stage:
    """One stage of enrich under its guard."""

    def __init__(self, stage: Stage, out: Outbound) -> None:
        self._stage = stage
        self._out = out
        self._guard = Guard(
            stage.handle, out.add, GuardSettings(), retry_seconds=1, source="/enrich"
        )

    async def run(self, records: list[Received]) -> None:
        await self._stage.foresee(records)
        for record in records:
            await self._guard.run(record)
        await self._out.finish()


class _Alerts:
    """The keeping and delivering half of alerts."""

    def __init__(self, settings: Settings, database: Database, kafka: MemoryKafka) -> None:
        self.channels = create_channels(settings)
        self.register = AlertsRegister()
        self._routing: Routing = load_routing(settings.alerts, self.channels)
        wall = WallClock()
        delivery = Delivery(
            database, self.channels, self.register, settings.outbox, wall, Random(1)
        )
        self._outbox = Outbox(database, self._routing, delivery, settings.outbox, wall)
        updatable = frozenset(name for name, one in self.channels.items() if one.updates)
        self._casework = Casework(
            database,
            lambda museum_id: self._routing.routes(self.register.get(museum_id)),
            updatable,
            wall,
        )
        self._judge = Judge(
            Rulebook(settings.alerts.rules),
            self.register,
            _nothing_more,
            kafka.publish,
            settings,
            tells_from=datetime.fromtimestamp(0, UTC),
        )
        self._next: dict[int, int] = {}

    async def run(self, records: list[Received]) -> None:
        by_partition: dict[int, list[Received]] = defaultdict(list)
        for record in records:
            by_partition[record.partition].append(record)
        for partition, batch in by_partition.items():
            after = batch[-1].offset + 1
            place = Place("memory", POSTS_ENRICHED.name, partition)
            kept = await self._casework.keep(
                Batch(place, self._next.get(partition), after, batch),
                await self._judge.judge(batch),
            )
            assert kept is not None
            self._next[partition] = after
        while (claim := await self._outbox.claim()) is not None:
            await self._outbox.deliver(claim)


async def _nothing_more() -> None:
    """The register has been read."""


@dataclass(frozen=True)
class Played:
    """The verdict, how many lines came to each fate, and every record that was written."""

    verdict: Verdict
    fates: Counter[str]
    kafka: MemoryKafka


async def play_in_memory(day: Day, folder: Path, partitions: int = 2) -> Played:
    """Play a day in an empty folder. Each partition has ticks of its own, which take most time."""
    write_day(day, folder)
    kafka = MemoryKafka(partitions)
    mails = folder / "mails"
    async with (
        SlackStandIn(channels=receivers_of(day), ledger=folder / "slack.jsonl") as slack,
        Inbox(folder=mails, ledger=folder / "mails.jsonl") as inbox,
    ):
        settings = _settings(settings_for(day, slack, inbox), folder)
        await asyncio.to_thread(migrate, settings.database.url)
        async with Database(settings.database.url) as database:
            fates = await _run(day, folder, settings, database, kafka, partitions)
    return Played(verdict_of(day, folder, mails), fates, kafka)


async def _run(
    day: Day,
    folder: Path,
    settings: Settings,
    database: Database,
    kafka: MemoryKafka,
    partitions: int,
) -> Counter[str]:
    clock = SetClock(datetime.fromtimestamp(0, UTC))
    replay = Replay(
        Reader(File(folder / POSTS), None),
        Reading(Transport.STREAM),
        Position(),
        "day",
        speed=None,
        clock=clock,
        run_out=timedelta(minutes=10),
    )
    pipeline = Pipeline(
        kafka,
        _Known(day.museums),
        TrackedPosts(),
        clock,
        DeadLetterLimit(GuardSettings()),
        ticker=Ticker(kafka, "replay", "/ingest/replay"),
        stamps=False,
    )
    score, count, register = _enrich(kafka, partitions)
    alerts = _Alerts(settings, database, kafka)
    for museum in day.museums:
        await kafka.publish([Record(MUSEUMS, museum.museum_id, encode(museum))])
    for record in kafka.take(MUSEUMS):
        register.apply(record)
        alerts.register.apply(record)
    fates: Counter[str] = Counter()
    try:
        async for batch in replay.observe():
            outcomes = await pipeline.handle("replay", batch.observations)
            fates.update(outcomes[first].fate.value for first in batch.firsts)
            await score.run(kafka.take(POSTS_RAW, ENGAGEMENT))
            enriched = kafka.take(POSTS_ENRICHED)
            await count.run(enriched)
            await alerts.run(enriched)
    finally:
        for channel in alerts.channels.values():
            await channel.aclose()
    return fates


def _enrich(kafka: MemoryKafka, partitions: int) -> tuple[_Stage, _Stage, EnrichRegister]:
    register = EnrichRegister()
    scored, counted = Outbound(kafka.publish), Outbound(kafka.publish)
    scoring = Scoring(
        MemoryRows(POST_ROWS), Usual(), register, TextReader(load_model()), partitions, scored
    )
    counting = Counting(MemoryRows(MUSEUM_ROWS), register, partitions, counted)
    return _Stage(scoring, scored), _Stage(counting, counted), register


def _settings(environment: dict[str, str], folder: Path) -> Settings:
    """Read the settings as the service would, from these variables alone."""
    url = {"PASSAPAROLA_DATABASE__URL": f"sqlite:///{folder / 'alerts.db'}"}
    with patch.dict("os.environ", environment | url):
        return Settings()
