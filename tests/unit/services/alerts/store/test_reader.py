"""What a reader tells of the partitions that it holds."""

from __future__ import annotations

from typing import Any, cast

from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from services.alerts.store.reader import Reader
from services.common.settings import KafkaSettings

TOPIC = "posts.enriched"


class Consumer:
    def __init__(self, *partitions: int) -> None:
        self.held = {TopicPartition(TOPIC, number) for number in partitions}

    def assignment(self) -> set[TopicPartition]:
        return self.held

    def highwater(self, tp: TopicPartition) -> int:
        return 10


def lag(partition: int) -> float | None:
    labels = {"topic": TOPIC, "partition": str(partition)}
    return REGISTRY.get_sample_value("passaparola_consumer_lag_records", labels)


def test_the_lag_of_a_partition_that_was_given_away_is_told_no_more() -> None:
    reader = Reader(KafkaSettings(), TOPIC, "alerts", cast("Any", None), lambda _: None)
    reader._consumer = cast("Any", consumer := Consumer(0, 1))
    reader._positions = {TopicPartition(TOPIC, number): 4 for number in (0, 1)}
    assert reader.progress() == {0: (4, 10), 1: (4, 10)}
    assert (lag(0), lag(1)) == (6, 6)
    consumer.held.discard(TopicPartition(TOPIC, 1))
    assert reader.progress() == {0: (4, 10)}
    assert (lag(0), lag(1)) == (6, None)
