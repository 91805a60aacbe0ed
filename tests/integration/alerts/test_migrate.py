"""Migrations on both databases, against the models."""

from __future__ import annotations

import asyncio

import pytest
from alembic import command
from sqlalchemy import Connection

from services.alerts.store.database import create_engine, database_url
from services.alerts.store.migrate import alembic_config, check, migrate, newest
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


def refuse(url: str, said: str) -> None:
    with pytest.raises(Fatal, match=said):
        check(url)


async def test_migrations_lead_to_the_models_and_back(fresh_url: str) -> None:

    await asyncio.to_thread(refuse, fresh_url, "no tables yet; run `passaparola alerts migrate`")
    for _ in range(2):
        assert await asyncio.to_thread(migrate, fresh_url) == newest()
        await asyncio.to_thread(check, fresh_url)
    await run(fresh_url, "check")
    await run(fresh_url, "downgrade", "base")
    await asyncio.to_thread(refuse, fresh_url, "no tables yet")


def test_database_that_is_away_is_told() -> None:
    refuse("postgresql://nobody@127.0.0.1:1/none", "the database cannot be used")
    refuse("sqlite:////nowhere/at/all.db", "there is no folder /nowhere/at")
