"""Creates and checks topics on a broker, from the one table in ``schemas.topics``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic

from .errors import Fatal
from .kafka import client_options
from .settings import KafkaSettings


@dataclass(frozen=True)
class Difference:
    """Where a topic on the broker differs from the table."""

    topic: str
    what: str
    wanted: str
    found: str


async def create_topics(
    settings: KafkaSettings, *, replication: int = 1, topics: Sequence[Topic] = TOPICS
) -> list[str]:
    """Create the topics that are missing and return their names. Existing ones are left alone."""
    admin = await _connect(settings)
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in existing]
        if missing:
            response = await admin.create_topics(
                [
                    NewTopic(
                        topic.name,
                        topic.partitions or settings.partitions,
                        replication,
                        topic_configs=topic.config(),
                    )
                    for topic in missing
                ]
            )
            for name, code, *detail in response.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise Fatal(f"topic {name} cannot be created: {for_code(code).__name__} {detail}")
        return [topic.name for topic in missing]
    finally:
        await admin.close()


async def check_topics(
    settings: KafkaSettings, topics: Sequence[Topic] = TOPICS
) -> list[Difference]:
    """Compare the broker's topics with the table and return what differs."""
    admin = await _connect(settings)
    try:
        existing = set(await admin.list_topics())
        found = [t for t in topics if t.name in existing]
        differences = [
            Difference(t.name, "topic", "present", "missing") for t in topics if t not in found
        ]
        described = await admin.describe_topics([t.name for t in found]) if found else []
        counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
        for topic in found:
            wanted = topic.partitions or settings.partitions
            if counts[topic.name] != wanted:
                differences.append(
                    Difference(topic.name, "partitions", str(wanted), str(counts[topic.name]))
                )
            current = await _config(admin, topic)
            differences += [
                Difference(topic.name, name, value, current.get(name, "unset"))
                for name, value in topic.config().items()
                if _normal(current.get(name)) != _normal(value)
            ]
        return differences
    finally:
        await admin.close()


async def _connect(settings: KafkaSettings) -> AIOKafkaAdminClient:
    admin = AIOKafkaAdminClient(**client_options(settings, "passaparola-topics"))
    await admin.start()
    return admin


async def _config(admin: AIOKafkaAdminClient, topic: Topic) -> dict[str, str]:
    responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    return {
        entry[0]: entry[1] for response in responses for entry in response.resources[0][4]
    }


def _normal(value: str | None) -> str | None:
    return None if value is None else ",".join(sorted(value.replace(" ", "").split(",")))
