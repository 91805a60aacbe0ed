"""Brings a database to the newest schema, once and by hand: ``passaparola alerts migrate``.

No replica does it by itself when it starts: it checks, and refuses what is not at the newest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.common.errors import Fatal

from .address import database_url
from .database import create_engine

T = TypeVar("T")

COMMAND = "passaparola alerts migrate"


def migrate(url: str) -> str:
    """Bring a database to the newest schema; return its revision. Raises ``Fatal``."""

    def upgrade(connection: Connection) -> str:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return newest()

    return _run(url, upgrade)


def check(url: str) -> None:
    """Raise ``Fatal`` where a database is not at the newest schema; it says what to do."""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    found = _run(url, current)
    if found == newest():
        return
    if found is None:
        raise Fatal(f"the database has no tables yet; run `{COMMAND}`")
    raise Fatal(
        f"the database is at schema {found}, this version needs {newest()}; run `{COMMAND}`"
    )


def newest() -> str:
    """Return the newest revision that this version knows."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _run(url: str, work: Callable[[Connection], T]) -> T:
    async def run() -> T:
        engine = create_engine(database_url(url))
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        except (SQLAlchemyError, OSError) as error:
            cause = getattr(error, "orig", None) or error
            raise Fatal(f"the database cannot be used: {cause}") from error
        finally:
            await engine.dispose()

    return asyncio.run(run())
