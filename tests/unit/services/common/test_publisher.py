"""Against a producer that refuses, loses and dies: nothing is lost, the last word stays last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    NotLeaderForPartitionError,
    TopicAuthorizationFailedError,
)
from aiokafka.structs import RecordMetadata, TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import MAX_DEAD_LETTER_BYTES, POSTS_ENRICHED, POSTS_RAW, partition_for
from services.common import publisher as publishing
from services.common.errors import Fatal, Poison
from services.common.publisher import Publisher
from services.common.records import Record
from services.common.settings import KafkaSettings

PARTITIONS = 3
Fate = Callable[[int, str | None], BaseException | str | None]
"""What becomes of the n-th sending and its key: an error, ``lost``, ``written`` or all is well."""


class Broker:
    """Its log, and the producers that were made."""

    def __init__(self, fate: Fate = lambda n, key: None) -> None:
        self.fate = fate
        self.log: list[tuple[str, int, bytes | None, bytes | None]] = []
        self.sent = 0
        self.producers: list[Producer] = []
        self.away = 0

    def keys(self) -> list[str]:
        return [(key or b"").decode() for _, _, key, _ in self.log]


class Producer:
    """Idempotent: after a failure everything later on the same partition fails too."""

    def __init__(self, broker: Broker, **options: Any) -> None:
        self.broker = broker
        self.options = options
        self.broken: set[TopicPartition] = set()
        self.stopped = self.abandoned = self.hangs = False
        broker.producers.append(self)

    async def start(self) -> None:
        if self.broker.away > 0:
            self.broker.away -= 1
            raise KafkaConnectionError("nobody answers")

    async def stop(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        self.stopped = True

    async def abandon(self) -> None:
        self.stopped = self.abandoned = True

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(PARTITIONS)) if topic.startswith("posts.") else set()

    async def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None,
        partition: int,
        headers: list[tuple[str, bytes]],
    ) -> asyncio.Future[RecordMetadata]:
        assert not self.stopped
        broker, place = self.broker, TopicPartition(topic, partition)
        fate = broker.fate(broker.sent, None if key is None else key.decode())
        broker.sent += 1
        if isinstance(fate, MessageSizeTooLargeError) and fate.args == ("at once",):
            raise fate
        future: asyncio.Future[RecordMetadata] = asyncio.get_running_loop().create_future()
        if fate == "lost":
            return future
        if fate == "written":
            broker.log.append((topic, partition, key, value))
            future.set_exception(NotLeaderForPartitionError())
        elif isinstance(fate, BaseException):
            self.broken.add(place)
            future.set_exception(fate)
        elif place in self.broken:
            future.set_exception(KafkaError("out of order"))
        else:
            broker.log.append((topic, partition, key, value))
            future.set_result(RecordMetadata(topic, partition, place, len(broker.log) - 1, 0, 0, 0))
        return future


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(publishing, "_ATTEMPT_SECONDS", 0.02)


def make_publisher(broker: Broker, seconds: float = 5) -> Publisher:
    class Connected(Publisher):
        async def _connect(self) -> Any:
            producer = Producer(broker)
            await producer.start()
            return producer

    return Connected(KafkaSettings(retry_seconds=seconds, rebalance_seconds=2 * seconds), "test")


def at_partition(partition: int, key: str, value: bytes = b"{}") -> Record:
    return Record(POSTS_RAW, key, value, partition=partition)


async def test_records_go_where_their_keys_place_them() -> None:
    broker = Broker()
    async with make_publisher(broker) as publisher:
        found = await publisher.publish(
            [Record(POSTS_RAW, "x:1", b"1"), Record(POSTS_ENRICHED, "louvre/x:1", None)]
        )
    raw = partition_for(POSTS_RAW, "x:1", PARTITIONS)
    enriched = partition_for(POSTS_ENRICHED, "louvre/x:1", PARTITIONS)
    assert broker.log == [
        ("posts.raw", raw, b"x:1", b"1"),
        ("posts.enriched", enriched, b"louvre/x:1", None),
    ]
    assert [metadata.partition for metadata in found] == [raw, enriched]
    assert [metadata.offset for metadata in found] == [0, 1]


async def test_raw_keys_stay_as_they_are() -> None:
    broker = Broker()
    async with make_publisher(broker) as publisher:
        await publisher.publish([Record(POSTS_RAW, None, b"x", partition=1, raw_key=b"x\x00")])
    assert broker.log == [("posts.raw", 1, b"x\x00", b"x")]


async def test_nothing_is_published_of_nothing() -> None:
    broker = Broker()
    async with make_publisher(broker) as publisher:
        assert await publisher.publish([]) == []
    assert broker.sent == 0


@pytest.mark.parametrize("when", ["at once", "by the broker"])
async def test_a_refused_record_poisons_nothing_that_follows(when: str) -> None:
    broker = Broker(lambda n, key: MessageSizeTooLargeError(when) if key == "bad" else None)
    async with make_publisher(broker) as publisher:
        with pytest.raises(Poison, match="refuses this record") as error:
            await publisher.publish(
                [at_partition(0, "a"), at_partition(0, "bad"), at_partition(0, "b")]
            )
        assert error.value.reason == "refused_by_broker"
        assert sorted(set(broker.keys())) == ["a", "b"]
        await publisher.publish([at_partition(0, "c")])
    assert broker.keys()[-1] == "c"
    assert len(broker.producers) == 2
    assert broker.producers[0].stopped


async def test_what_failed_is_sent_again_by_a_new_producer_in_order() -> None:
    broker = Broker(lambda n, key: KafkaError("expired") if n == 1 else None)
    async with make_publisher(broker) as publisher:
        found = await publisher.publish([at_partition(0, key) for key in "abcd"])
    assert broker.keys() == ["a", "b", "c", "d"]
    assert len(found) == 4
    assert len(broker.producers) == 2


async def test_the_last_word_stays_last_where_an_answer_was_lost() -> None:
    # The old state is written and its answer lost; the new state is written; then the old comes
    # again: the new one must come again behind it.
    broker = Broker(lambda n, key: "written" if n == 0 else None)
    async with make_publisher(broker) as publisher:
        await publisher.publish([at_partition(0, "x:1", b"old"), at_partition(0, "x:1", b"new")])
    assert [value for *_, value in broker.log][-2:] == [b"old", b"new"]


async def test_other_partitions_are_not_sent_again() -> None:
    broker = Broker(lambda n, key: KafkaError("expired") if n == 0 else None)
    async with make_publisher(broker) as publisher:
        await publisher.publish([at_partition(0, "a"), at_partition(1, "b"), at_partition(0, "c")])
    assert broker.keys() == ["b", "a", "c"]


async def test_without_an_answer_it_is_sent_again() -> None:
    broker = Broker(lambda n, key: "lost" if n == 0 else None)
    async with make_publisher(broker) as publisher:
        await publisher.publish([at_partition(0, "a")])
    assert broker.keys() == ["a"]


async def test_kafka_may_be_away_for_a_while() -> None:
    broker = Broker(lambda n, key: KafkaError("gone") if n == 0 else None)
    async with make_publisher(broker) as publisher:
        broker.away = 3
        await publisher.publish([at_partition(0, "a")])
    assert broker.keys() == ["a"]
    assert len(broker.producers) == 5


async def test_over_the_budget_it_is_fatal() -> None:
    broker = Broker(lambda n, key: KafkaError("gone"))
    async with make_publisher(broker, seconds=0.02) as publisher:
        with pytest.raises(Fatal, match="took nothing"):
            await publisher.publish([at_partition(0, "a")])


async def test_over_the_budget_without_a_connection_it_is_fatal() -> None:
    broker = Broker(lambda n, key: KafkaError("gone"))
    async with make_publisher(broker, seconds=0.02) as publisher:
        broker.away = 1_000_000
        with pytest.raises(Fatal, match="cannot be reached"):
            await publisher.publish([at_partition(0, "a")])


async def test_without_the_right_to_write_it_is_fatal_at_once() -> None:
    broker = Broker(lambda n, key: TopicAuthorizationFailedError("posts.raw"))
    async with make_publisher(broker, seconds=3600) as publisher:
        with pytest.raises(Fatal, match="refuses to be written to"):
            await publisher.publish([at_partition(0, "a")])


async def test_a_topic_that_is_missing_is_fatal_and_says_what_to_do() -> None:
    async with make_publisher(Broker()) as publisher:
        with pytest.raises(Fatal, match="museums does not exist; run `passaparola topics create`"):
            await publisher.partitions("museums")


async def test_a_record_without_a_place_is_poison() -> None:
    async with make_publisher(Broker()) as publisher:
        with pytest.raises(Poison, match="neither key nor partition"):
            await publisher.publish([Record(POSTS_RAW, None, b"{}")])


async def test_a_record_that_is_too_large_is_never_sent() -> None:
    broker = Broker()
    async with make_publisher(broker) as publisher:
        with pytest.raises(Poison, match="are over the"):
            await publisher.publish(
                [at_partition(0, "a"), at_partition(0, "b", b"x" * MAX_DEAD_LETTER_BYTES)]
            )
    assert broker.sent == 0


async def test_not_started_it_is_fatal() -> None:
    with pytest.raises(Fatal, match="not started"):
        await make_publisher(Broker()).publish([at_partition(0, "a")])


async def test_told_to_stop_while_kafka_is_away_it_gives_up_what_it_holds() -> None:
    publisher = make_publisher(Broker())
    await publisher.start()
    producer = cast("Producer", publisher._producer)
    producer.hangs = True
    await publisher.stop()
    assert producer.abandoned


async def test_many_at_once_make_one_new_producer() -> None:
    broker = Broker(lambda n, key: KafkaError("gone") if n < 5 else None)
    async with make_publisher(broker) as publisher:
        await asyncio.gather(
            *(publisher.publish([at_partition(n % PARTITIONS, f"x:{n}")]) for n in range(5))
        )
    assert sorted(broker.keys()) == [f"x:{n}" for n in range(5)]
    assert len(broker.producers) == 2


_fates = st.sampled_from(["fine", "fine", "fine", "written", "failed", "failed"])


@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc")), min_size=1, max_size=12),
    st.lists(_fates, max_size=30),
)
async def test_whatever_fails_the_compacted_topic_ends_with_the_last_words(
    places: list[tuple[int, str]], fates: list[str]
) -> None:
    def fate(n: int, key: str | None) -> BaseException | str | None:
        what = fates[n] if n < len(fates) else "fine"
        return KafkaError("failed") if what == "failed" else what if what == "written" else None

    broker = Broker(fate)
    records = [at_partition(p, key, f"{n}".encode()) for n, (p, key) in enumerate(places)]
    async with make_publisher(broker) as publisher:
        found = await publisher.publish(records)
    assert len(found) == len(records)
    ends = {(partition, key): value for _, partition, key, value in broker.log}
    assert ends == {(r.partition, (r.key or "").encode()): r.value for r in records}
    assert {value for *_, value in broker.log} == {record.value for record in records}
