"""Posts, museums and a broker in memory for the tests of ingest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas import Ingest, Museum, Post, TrackedPost, Transport, partition_for
from services.common.clock import SetClock
from services.common.errors import Poison
from services.common.guard import DeadLetterLimit
from services.common.publisher import check_size
from services.common.records import Received, Record
from services.common.settings import GuardSettings
from services.ingest.matching import Matcher
from services.ingest.pipeline import Pipeline
from services.ingest.ticks import Ticker
from services.ingest.tracked import TrackedPosts

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PARTITIONS = 4


def make_post(text: str = "", /, **fields: Any) -> Post:
    """A post of platform x, now; any field may be given."""
    given = {
        "post_id": "x:1",
        "platform": "x",
        "version": 1,
        "text": text,
        "created_at": NOW,
        "observed_at": NOW,
        "ingest": Ingest(connector="test", transport=Transport.STREAM, received_at=NOW),
    }
    return Post.model_validate(given | fields)


def make_museum(museum_id: str = "egizio", /, **fields: Any) -> Museum:
    """A museum in Rome's time zone; by default found by ``#egizio``."""
    given: dict[str, Any] = {"museum_id": museum_id, "name": museum_id, "timezone": "Europe/Rome"}
    if not fields:
        fields = {"hashtags": [{"raw": museum_id}]}
    return Museum.model_validate(given | fields)


@dataclass(frozen=True)
class Place:
    partition: int
    offset: int


@dataclass
class Broker:
    """Keeps records as Kafka would, by topic and partition; ``die_at`` ends it at a publish."""

    records: list[Record] = field(default_factory=list)
    calls: list[list[Record]] = field(default_factory=list)
    refuses: Callable[[Record], bool] = lambda record: False
    die_at: int | None = None

    async def partitions(self, topic: str) -> int:
        return PARTITIONS

    async def publish(self, records: Sequence[Record]) -> list[Place]:
        if self.die_at is not None and len(self.calls) == self.die_at:
            raise ConnectionAbortedError("the process was killed here")
        self.calls.append(list(records))
        places = []
        refused = False
        for record in records:
            check_size(record)
            if self.refuses(record):
                refused = True
                continue
            partition = record.partition
            if partition is None:
                assert record.key is not None
                partition = partition_for(record.topic, record.key, PARTITIONS)
            offset = sum(1 for r in self.records if r.topic == record.topic)
            self.records.append(record)
            places.append(Place(partition, offset))
        if refused:
            raise Poison("refused_by_broker", "refused")
        return places

    def of(self, topic: str) -> list[Record]:
        return [record for record in self.records if record.topic.name == topic]

    def keys(self, topic: str) -> list[str | None]:
        return [record.key for record in self.of(topic)]


@dataclass
class Fixed:
    current: Matcher


@dataclass
class World:
    """A pipeline over a broker in memory."""

    broker: Broker
    tracked: TrackedPosts
    clock: SetClock
    pipeline: Pipeline
    register: Fixed

    def restarted(self) -> World:
        """The same broker after a crash: what ingest knows is read from it again."""
        return make_world(self.register.current.museums, broker=self.broker, clock=self.clock)


def make_world(
    museums: Sequence[Museum],
    *,
    broker: Broker | None = None,
    clock: SetClock | None = None,
    stamps: bool = False,
    **options: Any,
) -> World:
    broker, clock = broker or Broker(), clock or SetClock(NOW)
    tracked = TrackedPosts()
    for offset, record in enumerate(broker.of("ingest.tracked")):
        assert record.key is not None
        tracked.apply(
            Received(record.topic.name, 0, offset, record.key.encode(), record.value, {}, 0)
        )
    # The topic's partitions are one here, so that what is written is not taken for read back.
    tracked._read.clear()
    register = Fixed(Matcher(museums))
    pipeline = Pipeline(
        broker,
        register,
        tracked,
        clock,
        DeadLetterLimit(GuardSettings()),
        ticker=Ticker(broker, "replay", "/test"),
        stamps=stamps,
        **options,
    )
    return World(broker, tracked, clock, pipeline, register)


def make_row(post_id: str = "x:1", **fields: Any) -> TrackedPost:
    given = {
        "post_id": post_id,
        "platform": "x",
        "version": 1,
        "created_at": NOW,
        "tracked_at": NOW,
        "museum_ids": ("egizio",),
    }
    return TrackedPost.model_validate(given | fields)
