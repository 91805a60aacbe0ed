"""The PostgreSQL of deploy/local, from the outside, and what it must not change around it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.postgres import Postgres


async def run(url: str, *statements: str) -> object:
    """Run the statements in one transaction and return the last one's first value, if any."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for statement in statements[:-1]:
                await connection.execute(text(statement))
            result = await connection.execute(text(statements[-1]))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


def servers(folder: Path) -> list[int]:
    """The processes of PostgreSQL at work in a folder; other tests have their own beside it."""
    return [
        process.pid
        for process in psutil.process_iter(["name", "status", "cwd"])
        if process.info["name"] == "postgres"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and (process.info["cwd"] or "").startswith(str(folder.resolve()))
    ]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="passaparola-") as folder:
        yield Path(folder)


@pytest.fixture
async def own(folder: Path) -> AsyncIterator[Postgres]:
    """A server of the test's own, which it may kill."""
    async with Postgres(folder) as server:
        yield server


async def test_each_test_has_an_empty_database(postgres: str) -> None:
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    assert await run(postgres, tables) == 0
    await run(postgres, "CREATE TABLE seen (n int)")


async def test_and_so_has_the_next(postgres: str) -> None:
    assert await run(postgres, "CREATE TABLE seen (n int)", "SELECT count(*) FROM seen") == 0


async def test_it_is_the_version_that_we_ask_for(postgres: str) -> None:
    assert str(await run(postgres, "SHOW server_version")).startswith("18.")


async def test_what_was_committed_outlives_kills_and_a_stop(folder: Path) -> None:
    async with Postgres(folder) as server:
        assert servers(folder)
        url = await server.create("incidents")
        await run(url, "CREATE TABLE opened (n int)", "INSERT INTO opened VALUES (0)")
        for _ in range(3):
            server.kill()
            await server.start()
            await run(url, "INSERT INTO opened SELECT max(n) + 1 FROM opened")
    async with Postgres(folder) as later:
        assert await run(later.url("incidents"), "SELECT max(n) FROM opened") == 3
    assert not servers(folder)


async def test_stop_does_not_wait_for_clients(own: Postgres) -> None:
    engine = create_async_engine(own.url())
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        await own.stop()
        await connection.invalidate()
    await engine.dispose()


async def test_changes_nothing_outside_its_folder(folder: Path) -> None:
    home = Path.home()

    def around() -> object:
        accounts = [Path(path).read_bytes() for path in ("/etc/passwd", "/etc/group")]
        above = [path.stat().st_mode for path in (home, *home.parents, *folder.parents)]
        return accounts, above, sorted(home.iterdir())

    before = around()
    async with Postgres(folder) as server:
        await run(server.url(), "SELECT 1")
    assert around() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become another user")
async def test_as_root_a_folder_that_nobody_can_reach_is_a_clear_error(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(PermissionError, match="closed"):
        await Postgres(closed / "data").start()
