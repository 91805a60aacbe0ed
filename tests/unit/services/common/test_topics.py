"""Topics on a cluster of three brokers, which no test has: what is asked for, what is looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Self

import pytest
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource

from schemas.topics import TOPICS
from services.common import topics
from services.common.settings import KafkaSettings
from services.common.topics import Difference, check_topics, create_topics


class Cluster:
    """Stands in for the client of administration and the brokers behind it."""

    def __init__(self) -> None:
        self.topics: dict[str, NewTopic] = {}

    def __call__(self, **_options: Any) -> Self:
        return self

    async def start(self) -> None:
        """Nothing is to be opened."""

    async def close(self) -> None:
        """Nor to be closed."""

    async def list_topics(self) -> list[str]:
        return list(self.topics)

    async def create_topics(self, wanted: list[NewTopic]) -> Any:
        self.topics |= {topic.name: topic for topic in wanted}
        return SimpleNamespace(topic_errors=[])

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        return [
            {
                "topic": name,
                "partitions": [
                    {"replicas": list(range(self.topics[name].replication_factor))}
                    for _ in range(self.topics[name].num_partitions)
                ],
            }
            for name in names
        ]

    async def describe_configs(self, asked: list[ConfigResource]) -> list[Any]:
        [resource] = asked
        config = {"min.insync.replicas": "1"} | self.topics[resource.name].topic_configs
        return [SimpleNamespace(resources=[(0, "", 2, resource.name, list(config.items()))])]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster()
    monkeypatch.setattr(topics, "AIOKafkaAdminClient", made)
    return made


@pytest.mark.parametrize("replication", [1, 3])
async def test_what_was_created_is_as_it_should_be(cluster: Cluster, replication: int) -> None:
    await create_topics(KafkaSettings(), replication=replication)
    assert {topic.replication_factor for topic in cluster.topics.values()} == {replication}
    assert await check_topics(KafkaSettings()) == []


async def test_three_replicas_that_may_be_one_are_a_difference(cluster: Cluster) -> None:
    await create_topics(KafkaSettings(), replication=3)
    for topic in cluster.topics.values():
        del topic.topic_configs["min.insync.replicas"]
    assert await check_topics(KafkaSettings()) == [
        Difference(topic.name, "min.insync.replicas", "2", "1") for topic in TOPICS
    ]
