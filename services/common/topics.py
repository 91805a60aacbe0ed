"""Creates and checks topics on a broker, from the one table in ``schemas.topics``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic

from .errors import Fatal
from .kafka import client_options
from .settings import KafkaSettings

_SEEN_SECONDS = 30.0
_LOOK_SECONDS = 0.05


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
    """Create the topics that are missing and return their names. Existing ones are left alone.

    Raises ``Fatal`` where the broker refuses one; what it did create stays.
    """
    async with _admin(settings) as admin:
        existing = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in existing]
        if not missing:
            return []
        response = await admin.create_topics(
            [
                NewTopic(
                    topic.name,
                    topic.partitions or settings.partitions,
                    replication,
                    topic_configs=topic.config(replication),
                )
                for topic in missing
            ]
        )
        for name, code, *said in response.topic_errors:
            if code and for_code(code) is not TopicAlreadyExistsError:
                why = ": ".join([for_code(code).__name__, *(str(part) for part in said if part)])
                raise Fatal(f"topic {name} cannot be created: {why}")
        names = [topic.name for topic in missing]
        await _seen(admin, names)
        return names


async def check_topics(
    settings: KafkaSettings, topics: Sequence[Topic] = TOPICS
) -> list[Difference]:
    """Compare the broker's topics with the table and return what differs."""
    async with _admin(settings) as admin:
        existing = set(await admin.list_topics())
        found = [t for t in topics if t.name in existing]
        differences = [
            Difference(t.name, "topic", "present", "missing") for t in topics if t not in found
        ]
        described = await admin.describe_topics([t.name for t in found]) if found else []
        partitions = {entry["topic"]: entry["partitions"] for entry in described}
        for topic in found:
            wanted = topic.partitions or settings.partitions
            count = len(partitions[topic.name])
            if count != wanted:
                differences.append(Difference(topic.name, "partitions", str(wanted), str(count)))
            replication = min(len(one["replicas"]) for one in partitions[topic.name])
            current = await _config(admin, topic)
            differences += [
                Difference(topic.name, name, value, current.get(name, "unset"))
                for name, value in topic.config(replication).items()
                if _normal(current.get(name)) != _normal(value)
            ]
        return differences


async def require_topic(settings: KafkaSettings, name: str) -> None:
    """Raise ``Fatal`` where a topic is missing: a client would only wait for it."""
    async with _admin(settings) as admin:
        if name not in await admin.list_topics():
            raise Fatal(f"topic {name} does not exist; run `passaparola topics create`")


@asynccontextmanager
async def _admin(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**client_options(settings, "passaparola-topics"))
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


async def _seen(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Wait until clients are told of new topics, which is a moment after their creation."""
    try:
        async with asyncio.timeout(_SEEN_SECONDS):
            while not set(names) <= set(await admin.list_topics()):
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise Fatal("Kafka took the new topics and shows them to nobody; see its log") from None


async def _config(admin: AIOKafkaAdminClient, topic: Topic) -> dict[str, str]:
    responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    return {entry[0]: entry[1] for response in responses for entry in response.resources[0][4]}


def _normal(value: str | None) -> str | None:
    return None if value is None else ",".join(sorted(value.replace(" ", "").split(",")))
