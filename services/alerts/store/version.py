"""Which schema a database is at, and which this version of alerts needs.

No replica migrates by itself when it starts: it checks, and refuses what is not at the newest. That
takes no Alembic, for to load it takes a service a fifth of its start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from services.common.errors import Fatal

from .address import database_url
from .database import create_engine

T = TypeVar("T")

NEWEST = "0002"
"""The last of ``migrations/versions``."""
COMMAND = "passaparola alerts migrate"


def check(url: str) -> None:
    """Raise ``Fatal`` where a database is not at the newest schema; it says what to do."""
    found = run_on(url, _version)
    if found == NEWEST:
        return
    if found is None:
        raise Fatal(f"the database has no tables yet; run `{COMMAND}`")
    raise Fatal(f"the database is at schema {found}, this version needs {NEWEST}; run `{COMMAND}`")


def run_on(url: str, work: Callable[[Connection], T]) -> T:
    """Work on a database in one transaction. Raises ``Fatal`` where that is not possible."""

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


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
