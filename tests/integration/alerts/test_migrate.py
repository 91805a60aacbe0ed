"""Migrations on both databases, against the models."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert

from services.alerts.store.address import database_url
from services.alerts.store.database import Database, create_engine
from services.alerts.store.migrate import alembic_config, migrate
from services.alerts.store.models import OffsetRow
from services.alerts.store.origin import ALLOWANCE, tells_from
from services.alerts.store.version import NEWEST, check
from services.common.errors import Fatal


async def run(url: str, step: str, *arguments: str) -> None:
    """Run a command of Alembic on a database."""
    engine = create_engine(database_url(url))

    def work(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        getattr(command, step)(config, *arguments)

    async with engine.begin() as connection:
        await connection.run_sync(work)
    await engine.dispose()


def test_the_newest_schema_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == NEWEST


def refuse(url: str, said: str) -> None:
    with pytest.raises(Fatal, match=said):
        check(url)


async def test_migrations_lead_to_the_models_and_back(fresh_url: str) -> None:

    await asyncio.to_thread(refuse, fresh_url, "no tables yet; run `passaparola alerts migrate`")
    for _ in range(2):
        assert await asyncio.to_thread(migrate, fresh_url) == NEWEST
        await asyncio.to_thread(check, fresh_url)
    await run(fresh_url, "check")
    await run(fresh_url, "downgrade", "base")
    await asyncio.to_thread(refuse, fresh_url, "no tables yet")


async def made_at(url: str) -> datetime:
    database = Database(url)
    async with database.transaction() as session:
        found = await tells_from(session)
    await database.close()
    return found + ALLOWANCE


async def test_new_database_knows_when_it_was_made(fresh_url: str) -> None:
    before = datetime.now(UTC)
    await asyncio.to_thread(migrate, fresh_url)
    made = await made_at(fresh_url)
    assert before <= made <= datetime.now(UTC)
    await asyncio.to_thread(migrate, fresh_url)
    assert await made_at(fresh_url) == made


async def test_database_of_an_older_version_is_refused(fresh_url: str) -> None:
    await run(fresh_url, "upgrade", "0001")
    await asyncio.to_thread(refuse, fresh_url, f"at schema 0001, this version needs {NEWEST}")


async def test_database_that_was_read_into_is_not_new(fresh_url: str) -> None:
    """Else an upgrade would keep silent about what came while alerts was down."""
    await run(fresh_url, "upgrade", "0001")
    database = Database(fresh_url)
    async with database.transaction() as session:
        await session.execute(insert(OffsetRow).values(cluster="c", topic="t", partition=0, next=7))
    await database.close()
    await asyncio.to_thread(migrate, fresh_url)
    assert (await made_at(fresh_url)).year == 1970


def test_database_that_is_away_is_told() -> None:
    refuse("postgresql://nobody@127.0.0.1:1/none", "the database cannot be used")
    refuse("sqlite:////nowhere/at/all.db", "there is no folder /nowhere/at")
