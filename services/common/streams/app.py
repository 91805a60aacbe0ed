"""A Faust app whose agents cannot lose a record: raw bytes, a guard, awaited deliveries, then acks.

A stage never raises and never returns early: Faust acknowledges whatever leaves the loop body.
What cannot be finished ends the process at once, so that Kafka gives it to the next worker.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Protocol

import faust
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.contrib.asgi import faust_app_running

from schemas.topics import Topic
from services.common.clock import Clock
from services.common.errors import Fatal
from services.common.guard import Guard
from services.common.health import Health
from services.common.kafka import client_options, ssl_context
from services.common.metrics import HANDLER_SECONDS, PARTITION_LAG
from services.common.outbound import Outbound
from services.common.process import exit_fatal
from services.common.publisher import Publisher
from services.common.records import Received, Record
from services.common.settings import KafkaSettings, ServiceSettings
from services.common.watchdog import Watchdog

from .rows import Rows
from .transport import Transport

log = structlog.get_logger("services.common.stream_app")

_BATCH = 500
_BATCH_SECONDS = 0.1
_LOOK_SECONDS = 5.0
_STOP_SECONDS = 60.0


class Stage(Protocol):
    """What a stage does with its records."""

    async def foresee(self, batch: Sequence[Received]) -> None:
        """Prepare for the records that are handled next. It decides nothing and never raises."""

    async def handle(self, received: Received) -> None:
        """Handle one record, under the rules of ``services.common.guard``."""


MakeStage = Callable[[Outbound], Stage]
"""Builds a stage over the place where it puts what it writes."""


class StreamApp:
    """One Faust app: its rows, its stages, its life. ``group`` is also the consumer group."""

    def __init__(
        self,
        group: str,
        settings: ServiceSettings,
        publisher: Publisher,
        health: Health,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._publisher = publisher
        self._health = health
        self._clock = clock
        self._source = f"/{group}"
        self._sources: list[Topic] = []
        self._handled: dict[TopicPartition, int] = {}
        self._watchdog = Watchdog(settings.watchdog.stall_seconds)
        self._app = _faust_app(group, settings.kafka)
        self._on_revoked: list[Callable[[], None]] = []
        self._app.on_partitions_revoked.connect(self._revoked)
        health.watch("partitions", self._watchdog.complaint)

    def rows(self, name: str, changelog: Topic) -> Rows:
        """Return rows that live in a changelog and move with their partitions."""
        return Rows(self._app, name, changelog, self._source, self._clock)

    def on_revoked(self, forget: Callable[[], None]) -> None:
        """Call this whenever partitions are taken away or given, before anything new comes in."""
        self._on_revoked.append(forget)

    def stage(self, name: str, topics: Sequence[Topic], make_stage: MakeStage) -> None:
        """Read topics of equal partitions, each record through the guarded handler, in order."""
        self._sources.extend(topics)
        out = Outbound(self._publisher.publish)

        async def park(letters: Sequence[Record]) -> None:
            # At once: if these are too many the process ends, and they say why.
            await out.add(letters)
            await out.flush()

        stage = make_stage(out)
        guard = Guard(
            stage.handle,
            park,
            self._settings.guard,
            retry_seconds=self._settings.kafka.retry_seconds,
            source=self._source,
        )
        channel = self._app.topic(
            *(topic.name for topic in topics), key_serializer="raw", value_serializer="raw"
        )

        async def agent(stream: Any) -> None:
            async for events in stream.take_events(_BATCH, within=_BATCH_SECONDS):
                try:
                    await self._handle(stage, guard, out, events)
                except BaseException as error:
                    exit_fatal(error)

        self._app.agent(channel, name=name)(agent)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set; what is in flight is finished and committed first."""
        async with faust_app_running(self._app, stop_timeout=_STOP_SECONDS):
            self._health.done("tables")
            log.info("tables_recovered")
            ends = [
                asyncio.create_task(self._watch()),
                asyncio.create_task(stop.wait()),
                asyncio.create_task(self._app._crashed.wait()),
            ]
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
            if self._app._crashed.is_set():
                raise Fatal(f"Faust crashed: {self._app._crash_reason!r}")
            for end in done:
                end.result()

    async def _handle(
        self, stage: Stage, guard: Guard, out: Outbound, events: Iterable[Any]
    ) -> None:
        started = time.perf_counter()
        batch = [_received(event.message) for event in events]
        await stage.foresee(batch)
        for received in batch:
            await guard.run(received)
        await out.finish()
        for received in batch:
            self._handled[TopicPartition(received.topic, received.partition)] = received.offset
        for topic in {received.topic for received in batch}:
            HANDLER_SECONDS.labels(topic).observe(time.perf_counter() - started)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        for forget in self._on_revoked:
            forget()

    async def _watch(self) -> None:
        """Compare what was handled with the ends, as another client sees them."""
        options = client_options(self._settings.kafka, f"{self._source[1:]}-watch")
        while True:
            try:
                async with AIOKafkaConsumer(**options) as observer:
                    while True:
                        await asyncio.sleep(_LOOK_SECONDS)
                        await self._look(observer)
            except (KafkaError, OSError) as error:
                self._health.not_ready("kafka", type(error).__name__)
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self, observer: AIOKafkaConsumer) -> None:
        names = {topic.name for topic in self._sources}
        consumer: Any = self._app.consumer
        assigned = [
            TopicPartition(tp.topic, tp.partition)
            for tp in consumer.assignment()
            if tp.topic in names
        ]
        async with asyncio.timeout(_LOOK_SECONDS):  # it would try for much longer by itself
            ends = await observer.end_offsets(assigned)
        self._health.ready("kafka")
        committed = consumer._committed_offset
        positions: dict[Hashable, tuple[int, int]] = {}
        PARTITION_LAG.clear()  # of what was given away another worker tells
        for tp in assigned:
            done = max(self._handled.get(tp, -1), (committed.get(tp) or 0) - 1) + 1
            positions[f"{tp.topic}/{tp.partition}"] = (done, ends[tp])
            PARTITION_LAG.labels(tp.topic, tp.partition).set(max(0, ends[tp] - done))
        self._watchdog.look(positions)


def _received(message: Any) -> Received:
    return Received(
        message.topic,
        message.partition,
        message.offset,
        message.key,
        message.value,
        dict(message.headers or {}),
        int(message.timestamp * 1000),
    )


def _faust_app(group: str, kafka: KafkaSettings) -> faust.App:
    options: dict[str, Any] = {}
    if kafka.username is not None and kafka.password is not None:
        options["broker_credentials"] = faust.SASLCredentials(
            username=kafka.username,
            password=kafka.password.get_secret_value(),
            mechanism=kafka.sasl_mechanism,
            ssl_context=ssl_context(kafka),
        )
    elif (context := ssl_context(kafka)) is not None:
        options["broker_credentials"] = faust.SSLCredentials(context)
    app = faust.App(
        group,
        broker=[f"kafka://{server}" for server in kafka.bootstrap.split(",")],
        store="memory://",
        datadir=tempfile.gettempdir(),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_buffer_maxsize=16_384,
        stream_wait_empty=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 1024 * 1024,
        broker_commit_interval=1.0,
        broker_commit_every=2**62,  # by the interval alone, never in between two messages
        broker_session_timeout=kafka.session_seconds,
        broker_heartbeat_interval=kafka.session_seconds / 10,
        broker_rebalance_timeout=kafka.rebalance_seconds,
        broker_request_timeout=max(90.0, kafka.session_seconds),
        # A broker that has just started may not know its topics yet; a leader that asks it then
        # assigns nothing to anybody, and looks again only when this is over.
        consumer_metadata_max_age_ms=5_000,
        **options,
    )
    app.transport = Transport(app.conf.broker, app)
    return app
