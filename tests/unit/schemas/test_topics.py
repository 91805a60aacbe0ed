"""Records lie where Kafka's own clients would put them, and a museum's stay together."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import (
    POSTS_ENRICHED,
    POSTS_RAW,
    TOPICS,
    _murmur2,
    is_tick_key,
    partition_for,
    tick_key,
)

_texts = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize(
    ("data", "expected"),
    [  # Apache Kafka, clients: UtilsTest.testMurmur2
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_that_of_kafka(data: bytes, expected: int) -> None:
    assert _murmur2(data) == expected % 2**32


@given(_texts, st.integers(1, 1000))
def test_whole_keys_are_placed_as_by_any_client(key: str, partitions: int) -> None:
    every = list(range(partitions))
    default = DefaultPartitioner()(key.encode(), every, every)
    assert partition_for(POSTS_RAW, key, partitions) == default


@given(st.from_regex(r"\A[a-z0-9-]{1,20}\Z"), _texts, _texts, st.integers(1, 100))
def test_a_museum_has_one_partition(museum: str, one: str, other: str, partitions: int) -> None:
    places = {
        partition_for(POSTS_ENRICHED, f"{museum}/{post}", partitions) for post in (one, other)
    }
    assert places == {partition_for(POSTS_ENRICHED, museum, partitions)}


def test_places_are_what_they_were() -> None:
    # Golden values: a change of one of these splits every key over two partitions.
    assert [partition_for(POSTS_RAW, f"mastodon:{n}", 12) for n in range(6)] == [9, 0, 11, 5, 4, 11]
    assert [
        partition_for(POSTS_ENRICHED, f"{museum}/mastodon:1", 12)
        for museum in ("louvre", "uffizi", "prado")
    ] == [11, 11, 1]


def test_ticks_are_told_from_posts() -> None:
    assert is_tick_key(tick_key(7))
    assert not is_tick_key("tick:7")
    assert not is_tick_key("museum/tick/1")


def test_every_topic_has_its_own_name() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
