"""A compacted topic, followed whole: where its end is, and what a broken connection changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from schemas.topics import MUSEUMS, TRACKED
from services.common import follower as following
from services.common.errors import Fatal, Retryable
from services.common.follower import Follower
from services.common.records import Received
from services.common.settings import KafkaSettings

PLACE = TopicPartition(MUSEUMS.name, 0)
OTHER = TopicPartition(MUSEUMS.name, 1)


class Log:
    """A topic: offsets with gaps, where what is missing was compacted away."""

    def __init__(self) -> None:
        self.offsets: dict[TopicPartition, list[int]] = {PLACE: []}
        self.ends: dict[TopicPartition, int] = {PLACE: 0}
        self.beginnings: dict[TopicPartition, int] = {}
        self.consumers: list[Consumer] = []
        self.faults: list[Exception] = []
        self.silence: list[Exception] = []
        self.grown = asyncio.Event()

    def append(self, offset: int, place: TopicPartition = PLACE) -> None:
        self.offsets.setdefault(place, []).append(offset)
        self.ends[place] = offset + 1
        self.grown.set()


class Consumer:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.positions = dict.fromkeys(log.offsets, 0)
        self.stopped = False
        log.consumers.append(self)

    async def start(self) -> None:
        self._break()

    async def stop(self) -> None:
        self.stopped = True

    def assignment(self) -> set[TopicPartition]:
        return set(self.log.offsets)

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: self.log.beginnings.get(place, 0) for place in places}

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.log.silence:
            raise self.log.silence.pop(0)
        return {place: self.log.ends[place] for place in places}

    def seek(self, place: TopicPartition, offset: int) -> None:
        self.positions[place] = offset

    async def position(self, place: TopicPartition) -> int:
        return self.positions[place]

    async def getmany(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        await self.log.grown.wait()
        self._break()
        found: dict[TopicPartition, list[Any]] = {}
        for place, offsets in self.log.offsets.items():
            records = [
                SimpleNamespace(
                    topic=place.topic,
                    partition=place.partition,
                    offset=offset,
                    key=b"k",
                    value=b"v",
                    headers=(),
                    timestamp=0,
                )
                for offset in offsets
                if offset >= self.positions[place]
            ]
            if records:
                found[place] = records
            self.positions[place] = max(self.positions[place], self.log.ends[place])
        self.log.grown.clear()
        return found

    def _break(self) -> None:
        if self.log.faults:
            raise self.log.faults.pop(0)


async def _is_there(settings: KafkaSettings, name: str) -> None:
    """Every topic is there."""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    log = Log()
    monkeypatch.setattr(following, "_RECONNECT_SECONDS", 0)
    monkeypatch.setattr(following, "require_topic", _is_there)
    monkeypatch.setattr(following, "AIOKafkaConsumer", lambda *args, **options: Consumer(log))
    return log


@pytest.fixture
async def applied() -> list[int]:
    return []


@pytest.fixture
async def follow(log: Log, applied: list[int]) -> AsyncIterator[Callable[[], Follower]]:
    tasks = []

    def take(record: Received) -> None:
        applied.append(record.offset)

    def start() -> Follower:
        follower = Follower(KafkaSettings(), MUSEUMS, take, "test")
        tasks.append(asyncio.create_task(follower.run()))
        return follower

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


Follow = Callable[[], Follower]


async def test_an_empty_topic_is_read_at_once(log: Log, follow: Follow) -> None:
    follower = follow()
    await follower.wait_caught_up()


async def test_kafka_that_stays_away_before_the_end_is_reached_is_fatal(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.faults = [KafkaConnectionError("nobody there") for _ in range(1000)]
    monkeypatch.setattr(following, "_RECONNECT_SECONDS", 0.01)
    follower = Follower(KafkaSettings(retry_seconds=0.1), MUSEUMS, lambda _: None, "test")
    with pytest.raises(Fatal, match=r"cannot be read for 0 s"):
        await follower.run()


async def test_it_has_caught_up_when_the_end_it_found_is_read(
    log: Log, follow: Follow, applied: list[int]
) -> None:
    for offset in (0, 3, 4):
        log.append(offset)
    log.ends[PLACE] = 9  # the last before the end are compacted away
    await follow().wait_caught_up()
    assert applied == [0, 3, 4]


async def test_every_partition_counts(log: Log, follow: Follow, applied: list[int]) -> None:
    log.append(0)
    log.append(5, OTHER)
    await follow().wait_caught_up()
    assert sorted(applied) == [0, 5]


async def test_the_present_end_is_waited_for(log: Log, follow: Follow, applied: list[int]) -> None:
    follower = follow()
    await follower.wait_caught_up()
    log.ends[PLACE] = 1
    waiting = asyncio.create_task(follower.read_present_end())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    log.append(0)
    await waiting
    assert applied == [0]


async def test_a_broken_connection_is_taken_up_where_it_broke(
    log: Log, follow: Follow, applied: list[int]
) -> None:
    follower = follow()
    log.append(0)
    await follower.read_present_end()
    log.faults.append(KafkaConnectionError("gone"))
    log.append(1)
    await follower.read_present_end()
    assert applied == [0, 1]
    follows, asks, *again = log.consumers
    assert len(again) == 2
    assert follows.stopped
    assert asks.stopped


async def test_a_reader_waits_over_a_broken_connection(
    log: Log, follow: Follow, applied: list[int]
) -> None:
    follower = follow()
    await follower.wait_caught_up()
    log.ends[PLACE] = 2
    waiting = asyncio.create_task(follower.read_present_end())
    for _ in range(20):
        await asyncio.sleep(0)
    log.faults.append(KafkaConnectionError("gone"))
    log.append(1)
    await waiting
    assert applied == [1]


async def test_what_was_compacted_away_meanwhile_is_not_waited_for(
    log: Log, follow: Follow
) -> None:
    log.beginnings[PLACE] = 7
    log.ends[PLACE] = 7
    await follow().wait_caught_up()


async def test_an_end_that_is_not_known_may_be_asked_for_again(log: Log, follow: Follow) -> None:
    # Else a passing fault of Kafka would park the post that asked.
    follower = follow()
    await follower.wait_caught_up()
    log.silence.append(KafkaConnectionError("gone"))
    with pytest.raises(Retryable, match="museums"):
        await follower.read_present_end()
    await follower.read_present_end()


async def test_a_topic_that_is_missing_is_fatal(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    async def missing(settings: KafkaSettings, name: str) -> None:
        raise Fatal(f"topic {name} does not exist; run `passaparola topics create`")

    monkeypatch.setattr(following, "require_topic", missing)
    follower = Follower(KafkaSettings(), TRACKED, lambda record: None, "test")
    with pytest.raises(Fatal, match=r"ingest\.tracked does not exist; run"):
        await follower.run()
    assert not log.consumers
