"""Where alerts reads on: what the database says, whoever dies or joins."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import update

from schemas import Incident, decode
from schemas.topics import BY_NAME, INCIDENTS, POSTS_ENRICHED
from services.alerts.store.database import Database
from services.alerts.store.models import OriginRow
from services.alerts.store.origin import ALLOWANCE
from services.common.records import Record
from tests.integration.alerts.conftest import PARTITIONS, World, end_leases, on_both, until
from tests.unit.services.alerts.samples import null_record, post_record


async def read_all(world: World, topic: str) -> list[tuple[bytes | None, bytes | None]]:
    """Return key and value of every record of our museum on a topic."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=world.kafka.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        tps = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        found = []
        while any([await consumer.position(tp) < ends[tp] for tp in tps]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += [(record.key, record.value) for record in records]
    finally:
        await consumer.stop()
    mine = world.museum.museum_id.encode()
    return [(key, value) for key, value in found if key is not None and key.startswith(mine)]


async def ends_of(world: World, topic: str) -> dict[TopicPartition, int]:
    """Return the end of each partition of a topic."""
    async with AIOKafkaConsumer(bootstrap_servers=world.kafka.bootstrap) as consumer:
        return dict(
            await consumer.end_offsets([TopicPartition(topic, n) for n in range(PARTITIONS)])
        )


@on_both
async def test_restart_reads_on_where_the_database_says(world: World) -> None:
    first = await world.start()
    await world.publish(post_record(world.viral()))
    await until(world.messages)
    await first.stop()
    await world.publish(post_record(world.viral()))
    # Another group's name: what counts is in the database.
    await world.start(PASSAPAROLA_GROUP=f"{world.group}-renamed")
    await until(lambda: len(world.messages()) == len(world.mails()) == 2)


@on_both
async def test_kills_at_any_moment_lose_and_double_nothing(world: World) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    stories = [world.quiet().post_id for _ in range(40)]

    async def publish() -> None:
        for post_id in stories:
            post = world.viral(post_id=post_id, text=post_id)
            quiet = [world.quiet() for _ in range(20)]
            await world.publish(*map(post_record, [*quiet, post, post]))

    publishing = asyncio.create_task(publish())
    for _ in range(3):
        service = await world.start()
        seen = len(world.messages())
        wanted = min(seen + rng.randrange(1, 8), len(stories))
        await until(lambda wanted=wanted: len(world.messages()) >= wanted)  # type: ignore[misc]
        await service.kill()
        await end_leases(world.database_url)
    await publishing
    await world.start()
    await until(lambda: len(world.messages()) == len(world.mail_ids()) == 40, seconds=60)
    assert len({str(message["blocks"]) for message in world.messages()}) == 40

    async def published() -> bool:
        records = await read_all(world, INCIDENTS.name)
        return len({key for key, _ in records}) == 40

    await until(published)


@on_both
async def test_new_database_takes_in_what_it_finds_and_pages_nobody(world: World) -> None:
    """A move to another database, or a lost one, must not tell everything once more."""
    await world.publish(post_record(world.viral()), post_record(world.viral()))
    await set_made_at(world.database_url, datetime.now(UTC) + 2 * ALLOWANCE)
    service = await world.start()

    async def both_are_kept() -> bool:
        _, page = await service.get(f"/v1/incidents?museum_id={world.museum.museum_id}")
        return len(page["incidents"]) == 2

    await until(both_are_kept)
    await service.stop()
    assert world.messages() == []
    assert world.mails() == []

    await set_made_at(world.database_url, datetime.now(UTC))
    await world.start()
    post = world.viral()
    await world.publish(post_record(post))
    await until(lambda: world.messages() and world.mails())
    assert len(world.messages()) == len(world.mails()) == 1


async def set_made_at(url: str, made_at: datetime) -> None:
    """Let a database be made at another time."""
    database = Database(url)
    async with database.transaction() as session:
        await session.execute(update(OriginRow).values(made_at=made_at))
    await database.close()


async def test_incident_is_published_without_text_and_follows_its_story(world: World) -> None:
    await world.start()
    post = world.viral(text="Zephyr")
    await world.publish(post_record(post))
    await until(world.messages)
    await world.publish(null_record(post, "author_delete"))

    async def removed() -> list[Incident]:
        values = [value for _, value in await read_all(world, INCIDENTS.name)]
        assert all(value is not None and b"Zephyr" not in value for value in values)
        incidents = [decode(Incident, value) for value in values if value is not None]
        return incidents if incidents and incidents[-1].removed else []

    incidents = await until(removed)
    assert incidents[-1].revision == 2
    assert incidents[-1].post_url is None


async def test_every_partition_of_incidents_is_written_to(world: World) -> None:
    """Kafka cleans away older values, with the addresses of removed posts, only then."""
    before = await ends_of(world, INCIDENTS.name)
    await world.start()

    async def all_have_grown() -> bool:
        now = await ends_of(world, INCIDENTS.name)
        return all(now[tp] > end for tp, end in before.items())

    await until(all_have_grown)


async def test_garbage_is_parked_and_stops_nothing(world: World) -> None:
    service = await world.start()
    museum = world.museum.museum_id
    post = world.viral()
    await world.publish(
        Record(POSTS_ENRICHED, f"{museum}/bluesky:x", b"\xff\x00Zephyr"),
        Record(POSTS_ENRICHED, f"{museum}/bluesky:y", b'{"museum_id": 1}'),
        post_record(post),
    )
    await until(world.messages)
    parked = await until(lambda: read_all(world, BY_NAME["posts.enriched.dlq"].name))
    assert (f"{museum}/bluesky:x".encode(), b"\xff\x00Zephyr") in parked
    assert len(parked) == 2
    assert b"Zephyr" not in service.log.read_bytes()


async def test_post_text_and_author_are_in_no_log(world: World) -> None:
    service = await world.start()
    post = world.viral(
        text="Zephyr quixotic",
        author={"display_name": "Quilla Vex", "followers": 9},
    )
    await world.publish(post_record(post))
    await until(lambda: world.messages() and world.mails())
    await world.publish(null_record(post, "edit"))
    await until(lambda: [m for m in world.messages() if "edited" in m])
    await service.stop()
    log = service.log.read_text()
    assert "notification_struck" in log
    assert "Zephyr" not in log
    assert "Quilla" not in log
