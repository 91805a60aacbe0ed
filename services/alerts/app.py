"""Wires alerts together: database, channels, register, reader, outbox and probes."""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random

from schemas.topics import MUSEUMS, POSTS_ENRICHED
from services.common.clock import WallClock
from services.common.follower import Follower
from services.common.health import Health
from services.common.http import create_api
from services.common.kafka import once_kafka_answers
from services.common.process import run_service
from services.common.publisher import Publisher
from services.common.settings import load_settings
from services.common.watchdog import Watchdog

from .api import create_router
from .channels import create_channels
from .delivery import Delivery
from .erasure import Erasure
from .heartbeat import Heartbeat
from .judging import Judge
from .outbox import Outbox
from .pipeline import Pipeline
from .register import Register
from .routing import DEFAULT, Route, load_routing
from .rules import Rulebook
from .settings import Settings
from .store import origin
from .store.casework import Casework
from .store.database import Database
from .store.reader import Reader
from .store.version import check
from .ticks import TickClock
from .troubles import Troubles


def main() -> None:
    """Run alerts as a process, with settings from the environment."""
    run(load_settings(Settings))


def run(settings: Settings) -> None:
    """Run alerts as a process until it is told to stop."""
    health = Health("database", "register", "consumer")
    api = create_api("alerts", health)

    async def work(stop: asyncio.Event) -> None:
        # In here a wrong address is a fault like any other; it need not wait for Kafka.
        database = Database(settings.database.url)
        api.include_router(create_router(database))
        begin = partial(alert, settings, database, health)
        await once_kafka_answers(settings.kafka, begin)(stop)

    run_service("alerts", settings, api, work)


async def alert(
    settings: Settings, database: Database, health: Health, stop: asyncio.Event
) -> None:
    """Follow the museums, read enriched posts and tell receivers, until ``stop`` is set."""
    wall = WallClock()
    ticks = TickClock() if settings.alerts.clock == "ticks" else None
    rulebook = Rulebook(settings.alerts.rules)
    channels = create_channels(settings)
    routing = load_routing(settings.alerts, channels)
    if not routing.channels(DEFAULT):
        health.note("receiver default", "not set: museums without known receivers tell nobody")
    register = Register(lambda museum: routing.note(museum, health))
    museums = Follower(settings.kafka, MUSEUMS, register.apply, "alerts-museums")
    delivery = Delivery(database, channels, register, settings.outbox, wall, Random())
    outbox = Outbox(database, routing, delivery, settings.outbox, wall)
    watchdog = Watchdog(settings.watchdog.stall_seconds)
    health.watch("consumer", watchdog.complaint)

    def routes(museum_id: str) -> tuple[Route, ...]:
        return routing.routes(register.get(museum_id))

    def assigned(partitions: frozenset[int]) -> None:
        if ticks is not None:
            ticks.assign(partitions, reader.all_partitions)
        health.done("consumer")

    reader = Reader(settings.kafka, POSTS_ENRICHED.name, settings.group, database, assigned)
    updatable = frozenset(name for name, channel in channels.items() if channel.updates)
    casework = Casework(database, routes, updatable, wall)
    try:
        async with database, Publisher(settings.kafka, "alerts") as publisher:
            await asyncio.to_thread(check, settings.database.url)
            async with database.transaction() as session:
                tells_from = await origin.tells_from(session)
            health.done("database")
            judge = Judge(
                rulebook,
                register,
                museums.read_present_end,
                publisher.publish,
                settings,
                tells_from,
            )
            pipeline = Pipeline(
                reader,
                judge,
                casework,
                publisher.publish,
                Erasure(database, ticks or wall),
                Heartbeat(publisher.publish, wall),
                ticks,
                health,
                watchdog,
                outbox.wake,
            )
            async with asyncio.TaskGroup() as tasks:
                following = tasks.create_task(museums.run())
                await museums.wait_caught_up()
                health.done("register")
                async with reader, asyncio.TaskGroup() as working:
                    working.create_task(pipeline.run(stop))
                    working.create_task(outbox.run(stop))
                    working.create_task(Troubles(database, health, wall).run(stop))
                following.cancel()
    finally:
        for channel in channels.values():
            await channel.aclose()
