"""Wires enrich together: publisher, followers, Faust and probes."""

from __future__ import annotations

import asyncio
import gc

import structlog

from schemas.topics import MUSEUMS, NORMS, POSTS_ENRICHED, POSTS_RAW
from services.common.clock import WallClock
from services.common.follower import Follower
from services.common.health import Health
from services.common.http import create_api
from services.common.kafka import once_kafka_answers
from services.common.process import run_service
from services.common.publisher import Publisher
from services.common.streams import StreamApp

from .language import load_detector
from .phrases.library import LANGUAGES, book_of
from .pipeline import build_pipeline
from .register import Register
from .sentiment import load_model
from .settings import Settings
from .understanding import Reader
from .usual import Usual

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    """Run enrich as a process until it is told to stop."""
    health = Health("language", "sentiment", "register", "norms", "tables")

    async def work(stop: asyncio.Event) -> None:
        reader = await load_reader(settings, health)  # a broken model is told before Kafka is there

        async def begin(stop: asyncio.Event) -> None:
            await enrich(settings, health, reader, stop)

        await once_kafka_answers(settings.kafka, begin)(stop)

    run_service("enrich", settings, create_api("enrich", health), work)


async def load_reader(settings: Settings, health: Health) -> Reader:
    """Load all that reads texts. Raises ``Fatal`` where a model or a phrase file is broken."""
    await asyncio.to_thread(load_detector)
    health.done("language")
    reader = Reader(await asyncio.to_thread(load_model, settings.sentiment_model))
    gc.disable()  # a million objects are made that stay; looking for others took a quarter longer
    for language in LANGUAGES:  # a slip in a phrase file stops the start, with its line
        await asyncio.to_thread(book_of, language)
    gc.enable()
    gc.freeze()  # all of it stays: a tenth of a text's time went into looking at it again
    health.done("sentiment")
    return reader


async def enrich(settings: Settings, health: Health, reader: Reader, stop: asyncio.Event) -> None:
    """Read what is learned and who is listened for, then score until ``stop`` is set."""
    register, usual = Register(), Usual()
    museums = Follower(settings.kafka, MUSEUMS, register.apply, "enrich-museums")
    learned = Follower(settings.kafka, NORMS, usual.apply, "enrich-norms")
    register.read_present_end = museums.read_present_end
    usual.read_present_end = learned.read_present_end
    async with Publisher(settings.kafka, "enrich") as publisher, asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(museums.run()), tasks.create_task(learned.run())]
        await museums.wait_caught_up()
        health.done("register")
        await learned.wait_caught_up()
        health.done("norms")
        stream = StreamApp(settings.group, settings, publisher, health, WallClock())
        build_pipeline(
            stream,
            usual,
            register,
            reader,
            raw_partitions=await publisher.partitions(POSTS_RAW.name),
            enriched_partitions=await publisher.partitions(POSTS_ENRICHED.name),
        )
        await stream.run(stop)
        for task in following:
            task.cancel()
