"""What PostgreSQL alone can show of the database: its words for an error, its files on the disk."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from services.alerts.erasure import Erasure
from services.alerts.store.database import Database
from services.alerts.store.models import ShownPostRow
from services.common.clock import SetClock
from services.common.errors import Fatal
from tests.integration.alerts.conftest import on_postgresql
from tests.unit.services.alerts.desk import Desk
from tests.unit.services.alerts.samples import AT, viral


@on_postgresql
async def test_error_does_not_quote_the_row_as_postgresql_does(database_url: str) -> None:
    row = {"museum_id": "m", "post_id": "1", "excerpt": "Zephyr", "posted_at": datetime.now(UTC)}
    async with Database(database_url) as database:
        with pytest.raises(Fatal, match=r"IntegrityError \(23502\)") as raised:
            async with database.transaction() as session:
                await session.execute(insert(ShownPostRow).values(**row))
    assert "Zephyr" not in "".join(traceback.format_exception(raised.value))


async def found_on_disk(database: Database, *words: str) -> set[str]:
    """Return which words are in the server's files of this database, all of it written out."""
    async with database.transaction() as session:
        folder = await session.scalar(text("SHOW data_directory"))
        number = await session.scalar(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
        await session.execute(text("CHECKPOINT"))
    files = [file for file in Path(str(folder), "base", str(number)).iterdir() if file.is_file()]
    assert files
    contents = await asyncio.to_thread(lambda: [file.read_bytes() for file in files])
    return {word for word in words if any(word.encode() in content for content in contents)}


@on_postgresql
async def test_removed_text_is_in_no_file_of_the_server(database_url: str) -> None:
    """The write-ahead log has it until PostgreSQL writes over it; docs/delivery.md says so."""
    words = ("Zephyr", "Quilla", "quixotic.example")
    post = viral(
        text="Zephyr " * 50,
        author={"display_name": "Quilla"},
        url="https://quixotic.example/1",
    )
    async with Database(database_url) as database:
        desk = Desk(database, {}, {})
        await desk.keep(*(viral(post_id=f"bluesky:other-{n}") for n in range(9)))
        await desk.keep(post)
        assert await found_on_disk(database, *words) == set(words)
        await desk.remove(post)
        assert await database.wipe()
        assert await found_on_disk(database, *words) == set()
        assert len(await desk.shown()) == 10


@on_postgresql
async def test_wipe_does_not_wait_for_a_backup(database_url: str) -> None:
    async with Database(database_url) as database, Database(database_url) as backup:
        async with backup.transaction() as session:
            await session.execute(text("LOCK TABLE shown_posts IN ACCESS SHARE MODE"))
            assert not await database.wipe()
        assert await database.wipe()


@on_postgresql
async def test_wipes_of_postgresql_are_an_hour_apart_and_two_after_an_erasure(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(AT)
    wiped: list[timedelta] = []

    async def wipe() -> bool:
        wiped.append(clock.now() - AT)
        return True

    async with Database(database_url) as database:
        monkeypatch.setattr(database, "wipe", wipe)
        erasure = Erasure(database, clock)
        for minutes in range(0, 360, 10):
            clock.advance_to(AT + timedelta(minutes=minutes))
            if minutes in (120, 130):
                erasure.erased(1)
            await erasure.run()
    assert [span / timedelta(hours=1) for span in wiped] == [0, 1, 2, 3, 4]
