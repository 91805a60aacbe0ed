"""The database as a place: the lock, turns."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from services.alerts.store.address import database_url
from services.alerts.store.database import Database, create_engine
from services.alerts.store.models import ShownPostRow
from services.common.errors import Fatal, Retryable

BROKEN = {"museum_id": "m", "post_id": "1", "excerpt": "Zephyr"}
"""A row that lacks what must be there."""


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


async def test_refused_statement_is_told_without_what_it_was_to_write(database: Database) -> None:
    with pytest.raises(Fatal, match="IntegrityError") as raised:
        async with database.transaction() as session:
            await session.execute(insert(ShownPostRow).values(BROKEN))
    assert "INSERT INTO shown_posts" in str(raised.value)
    assert raised.value.__suppress_context__
    assert "Zephyr" not in str(raised.value)


async def test_errors_of_the_engine_hold_no_parameter(database_path: Path) -> None:
    engine = create_engine(database_url(f"sqlite:///{database_path}"))
    try:
        with pytest.raises(IntegrityError) as raised:
            async with engine.begin() as connection:
                await connection.execute(insert(ShownPostRow).values(BROKEN))
    finally:
        await engine.dispose()
    assert "Zephyr" not in str(raised.value)


async def test_wipe_waits_for_a_file_that_is_taken(
    database_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.alerts.store.database._BUSY_MS", 10)
    with closing(sqlite3.connect(database_path)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        async with Database(f"sqlite:///{database_path}") as database:
            with pytest.raises(Retryable, match="does not answer"):
                await database.wipe()
