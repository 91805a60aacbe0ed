"""Wires ingest together: memory, pipeline, ticks, and each connector under its own supervision."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from random import Random

import httpx2

from services.common.clock import WallClock
from services.common.errors import Fatal
from services.common.guard import DeadLetterLimit
from services.common.health import Health
from services.common.http import create_api
from services.common.kafka import once_kafka_answers
from services.common.process import run_service
from services.common.publisher import Publisher
from services.common.settings import load_settings
from services.common.tasks import first_of

from .connectors import CONNECTORS
from .connectors.base import Connector, Context, supervise
from .memory import STEPS, Memory, open_memory
from .pipeline import Pipeline
from .refresh import refresh
from .schedule import first_look
from .settings import Settings
from .ticks import EVERY, Ticker, check_tick_kind

_HTTP_SECONDS = 20.0


async def run(settings: Settings, health: Health, stop: asyncio.Event) -> None:
    """Listen to the platforms until told to stop, also while it is still starting."""
    await first_of(_stopped(stop), _listen(settings, health))


async def _listen(settings: Settings, health: Health) -> None:
    unknown = sorted(set(settings.connectors) - set(CONNECTORS))
    if unknown:
        raise Fatal(
            f"no such connector: {', '.join(unknown)}; known are {', '.join(sorted(CONNECTORS))}"
        )
    if settings.ticks == "wall":
        await check_tick_kind(settings.kafka, "wall")
    health.done("ticks")
    async with (
        Publisher(settings.kafka, "passaparola-ingest") as publisher,
        httpx2.AsyncClient(timeout=_HTTP_SECONDS) as client,
        open_memory(settings.kafka, publisher, health.done) as memory,
    ):
        connectors = [CONNECTORS[name](settings, client) for name in settings.connectors]
        work = _work(settings, health, publisher, memory, connectors)
        await memory.beside(first_of(_for_ever(), *work))


def _work(
    settings: Settings,
    health: Health,
    publisher: Publisher,
    memory: Memory,
    connectors: list[Connector],
) -> list[Coroutine[object, object, None]]:
    clock, random = WallClock(), Random()
    counted = [connector.counts for connector in connectors if connector.counts is not None]
    pipeline = Pipeline(
        publisher,
        memory.register,
        memory.tracked,
        clock,
        DeadLetterLimit(settings.guard),
        ticker=Ticker(publisher, "wall", "/ingest") if settings.ticks == "wall" else None,
        first_look=first_look(frozenset(counts.platform for counts in counted), random),
    )
    stall = settings.watchdog.stall_seconds
    health.watch(
        "pipeline",
        lambda: (
            f"one batch for {pipeline.busy_seconds:.0f} s"
            if pipeline.busy_seconds > stall
            else None
        ),
    )
    context = Context(memory.cursors, memory.register, memory.tracked, clock, random)
    work: list[Coroutine[object, object, None]] = [
        *(supervise(connector, context, pipeline, health) for connector in connectors),
        *(refresh(counts, memory.tracked, pipeline, health, clock, random) for counts in counted),
    ]
    if settings.ticks == "wall":
        work.append(_tick(pipeline))
    return work


async def _tick(pipeline: Pipeline) -> None:
    while True:
        await pipeline.tick()
        await asyncio.sleep(EVERY.total_seconds())


async def _for_ever() -> None:
    """Without a connector, fed by replays, ingest answers its probes alone."""
    await asyncio.Event().wait()


async def _stopped(stop: asyncio.Event) -> None:
    await stop.wait()


def main() -> None:
    """Run ingest as a process."""
    settings = load_settings(Settings)
    health = Health("ticks", *STEPS)
    api = create_api("ingest", health)

    async def work(stop: asyncio.Event) -> None:
        await run(settings, health, stop)

    run_service("ingest", settings, api, once_kafka_answers(settings.kafka, work))
