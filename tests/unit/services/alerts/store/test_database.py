"""The database as a place: addresses, the lock, turns."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from services.alerts.store.database import Database, database_url
from services.common.errors import Fatal


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgresql://u@h/n", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@h/n", "postgresql+asyncpg"),
    ],
)
def test_drivers_are_ours(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver


@pytest.mark.parametrize("url", ["", "a.db", "mysql://h/n", "sqlite://"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(Fatal, match=r"database\.url"):
        database_url(url)


@pytest.mark.usefixtures("database")
async def test_second_instance_on_a_file_is_refused(database_path: Path) -> None:
    second = Database(f"sqlite:///{database_path}")
    with pytest.raises(Fatal, match="SQLite allows one replica"):
        await second.__aenter__()


async def test_lock_goes_with_its_holder(database_path: Path) -> None:
    for _ in range(2):
        async with Database(f"sqlite:///{database_path}"):
            pass


async def test_transactions_take_turns(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE n (v INTEGER)"))
        await session.execute(text("INSERT INTO n VALUES (0)"))

    async def add() -> None:
        async with database.transaction() as session:
            value = await session.scalar(text("SELECT v FROM n"))
            await asyncio.sleep(0)
            await session.execute(text("UPDATE n SET v = :v"), {"v": (value or 0) + 1})

    await asyncio.gather(*(add() for _ in range(20)))
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT v FROM n")) == 20


async def test_block_that_raises_is_rolled_back(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO offsets VALUES ('c', 't', 0, 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM offsets")) == 0
