"""Several replicas: on PostgreSQL they share the work, on SQLite the second is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

from services.alerts.store.database import Database
from services.alerts.store.offsets import Place, advance, read
from tests.integration.alerts.conftest import World, end_leases, on_postgresql, until
from tests.unit.services.alerts.samples import post_record


@on_postgresql
async def test_of_two_consumers_of_a_batch_one_wins(world: World) -> None:
    """The slower transaction waits for the faster, and learns that it is late."""
    databases = [Database(world.database_url) for _ in range(2)]
    place = Place("cluster", "posts.enriched", 0)
    for expected, next_ in ((None, 10), (10, 20)):
        both_are_in = asyncio.Barrier(2)

        async def take(
            database: Database, gate: asyncio.Barrier, expected: int | None, next_: int
        ) -> bool:
            async with database.transaction() as session:
                await read(session, place)
                await gate.wait()
                won = await advance(session, place, expected, next_)
                if not won:
                    await session.rollback()
                return won

        results = await asyncio.gather(
            *(take(database, both_are_in, expected, next_) for database in databases)
        )
        assert sorted(results) == [False, True]
        async with databases[0].transaction() as session:
            assert await read(session, place) == next_
    for database in databases:
        await database.close()


@on_postgresql
async def test_replicas_that_come_and_go_lose_and_double_nothing(world: World) -> None:
    museums = [world.museum.museum_id, *(f"{world.museum.museum_id}-{n}" for n in range(5))]
    stories = [(museums[n % 6], world.quiet().post_id) for n in range(60)]
    default = world.environment["PASSAPAROLA_ALERTS__RECEIVERS"].replace("egizio", "default")
    world.environment["PASSAPAROLA_ALERTS__RECEIVERS"] = default

    async def publish() -> None:
        for museum_id, post_id in stories:
            post = world.viral(museum_id=museum_id, post_id=post_id, text=post_id)
            await world.publish(post_record(post), post_record(post))
            await asyncio.sleep(0.05)

    first = await world.start()
    publishing = asyncio.create_task(publish())
    await world.start()
    await until(lambda: len(world.messages()) > 15)
    await first.kill()
    await end_leases(world.database_url)
    await world.start()
    await publishing
    await until(lambda: len(world.messages()) == len(world.mail_ids()) == 60, seconds=60)
    assert len({str(message["blocks"]) for message in world.messages()}) == 60


async def test_second_instance_on_a_sqlite_file_is_refused(world: World) -> None:
    await world.start()
    second = await world.launch()
    assert await second.ended() == 70
    assert "SQLite allows one replica" in second.log.read_text()


async def test_database_that_is_not_migrated_is_refused(world: World, tmp_path: Path) -> None:
    service = await world.launch(PASSAPAROLA_DATABASE__URL=f"sqlite:///{tmp_path / 'fresh.db'}")
    assert await service.ended() == 70
    assert "passaparola alerts migrate" in service.log.read_text()
