"""Wires enrich together: publisher, followers, Faust and probes."""

from __future__ import annotations

import asyncio

import structlog

from schemas import NormSums
from schemas.codec import decode
from schemas.topics import MUSEUMS, NORMS, POSTS_ENRICHED, POSTS_RAW
from services.common.clock import WallClock
from services.common.follower import Follower
from services.common.http import Health, create_api
from services.common.process import run_service
from services.common.publisher import Publisher
from services.common.records import Received
from services.common.streams import StreamApp

from .engagement import BETA
from .language import load_detector
from .norms import Norms
from .pipeline import build_pipeline
from .register import Register
from .sentiment import load_model
from .settings import Settings

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    """Run enrich as a process until it is told to stop."""
    health = Health("language", "sentiment", "register", "norms", "tables")

    async def work(stop: asyncio.Event) -> None:
        await enrich(settings, health, stop)

    run_service("enrich", settings, create_api("enrich", health), work)


async def enrich(settings: Settings, health: Health, stop: asyncio.Event) -> None:
    """Read what is learned and who is listened for, then score until ``stop`` is set."""
    await asyncio.to_thread(load_detector)
    health.done("language")
    sentiment = load_model()
    health.done("sentiment")
    register, norms = Register(), Norms(BETA)
    museums = Follower(settings.kafka, MUSEUMS, register.apply, "enrich-museums")
    learned = Follower(settings.kafka, NORMS, lambda record: _learn(norms, record), "enrich-norms")
    register.read_present_end = museums.read_present_end
    norms.read_present_end = learned.read_present_end
    async with Publisher(settings.kafka, "enrich") as publisher, asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(museums.run()), tasks.create_task(learned.run())]
        await museums.wait_caught_up()
        health.done("register")
        await learned.wait_caught_up()
        health.done("norms")
        stream = StreamApp(settings.group, settings, publisher, health, WallClock())
        build_pipeline(
            stream,
            norms,
            register,
            sentiment,
            raw_partitions=await publisher.partitions(POSTS_RAW.name),
            enriched_partitions=await publisher.partitions(POSTS_ENRICHED.name),
        )
        await stream.run(stop)
        for task in following:
            task.cancel()


def _learn(norms: Norms, record: Received) -> None:
    key = (record.key or b"").decode("utf-8", "replace")
    if record.value is None:
        norms.put(key, None)
        return
    try:
        norms.put(key, decode(NormSums, record.value))
    except ValueError:
        log.warning("norms_unreadable", offset=record.offset)
