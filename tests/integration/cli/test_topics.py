"""``passaparola topics`` on a real Kafka."""

from __future__ import annotations

from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.topics import POSTS_RAW, TOPICS
from services.common.settings import KafkaSettings
from tests.integration.cli.conftest import Command, admin_of
from tests.integration.cli.waiting import until
from tests.integration.topics import delete_topics

NAMES = [topic.name for topic in TOPICS]


async def test_what_is_missing_is_created_once(
    bare: KafkaSettings, passaparola: Command, started: Command
) -> None:
    first = await started("topics", "create")
    assert (first.status, first.err) == (0, "")
    assert first.lines == [
        *(f"+ {name}" for name in NAMES),
        f"{len(NAMES)} created, with 4 partitions where it is open",
    ]
    second = await passaparola("topics", "create")
    assert (second.status, second.lines[0][:9]) == (0, "0 created")

    await delete_topics(bare.bootstrap, "incidents")
    third = await passaparola("topics", "create")
    assert third.lines[:1] == ["+ incidents"]
    checked = await started("topics", "check")
    assert (checked.status, checked.out) == (0, "all topics are as they should be\n")


async def test_each_difference_is_found(settings: KafkaSettings, passaparola: Command) -> None:
    await delete_topics(settings.bootstrap, "incidents", "posts.raw")
    async with admin_of(settings) as admin:
        await admin.create_topics([NewTopic("posts.raw", 3, 1, topic_configs=POSTS_RAW.config())])
        await admin.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC,
                    "museums",
                    configs={"cleanup.policy": "delete", "retention.ms": "1000"},
                )
            ]
        )

        async def made() -> bool:
            return "posts.raw" in await admin.list_topics()

        await until(made, "the topic is there")
    checked = await passaparola("topics", "check")
    assert (checked.status, checked.err) == (1, "")
    found = dict(line.split(" is ", 1) for line in checked.lines)
    assert found["incidents: topic"] == "missing, should be present"
    assert found["posts.raw: partitions"] == "3, should be 4"
    assert found["museums: cleanup.policy"] == "delete, should be compact"
    assert found["museums: retention.ms"] == "1000, should be -1"
    # Whoever alters a topic so makes the broker forget what else was set on it.
    assert {what.split(": ")[0] for what in found} == {"incidents", "posts.raw", "museums"}


async def test_another_order_of_a_list_is_no_difference(
    settings: KafkaSettings, passaparola: Command
) -> None:
    config = POSTS_RAW.config()
    assert config["cleanup.policy"] == "compact,delete"
    async with admin_of(settings) as admin:
        other = config | {"cleanup.policy": "delete,compact"}
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, "posts.raw", configs=other)]
        )
    assert (await passaparola("topics", "check")).status == 0


async def test_more_replicas_than_brokers_are_refused_in_one_sentence(
    bare: KafkaSettings, passaparola: Command
) -> None:
    said = await passaparola("topics", "create", "--replication", "3")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("error: topic museums cannot be created: InvalidReplicationFactor")
    assert said.err.count("\n") == 1
