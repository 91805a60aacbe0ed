"""The database: SQLite for one replica, locked against a second, or PostgreSQL for several.

Transactions are short. On SQLite they take turns, so that none meets a busy file.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from services.common.errors import Fatal, Retryable

from .address import SETTING, database_url, tls, without_tls
from .models import TABLES_WITH_TEXT

_BUSY_MS = 10_000
_LOCK_MS = 500
_LOCK_NOT_AVAILABLE = "55P03"
_NO_BEGIN = "passaparola_no_begin"


def create_engine(url: URL) -> AsyncEngine:
    """Return an engine that is set up for the promises that we make."""
    safety = tls(url)
    engine = create_async_engine(
        without_tls(url),
        connect_args={} if safety is None else {"ssl": safety},
        pool_pre_ping=url.get_backend_name() == "postgresql",
        hide_parameters=True,  # they are posts' texts, and errors go into logs
    )
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={_BUSY_MS}",
        "foreign_keys=ON",
        "synchronous=FULL",  # what was promised must outlive a power cut
        "secure_delete=ON",  # erased text must not linger in free pages
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A transaction that reads first and writes later would meet a busy file at the write.
    if not connection.get_execution_options().get(_NO_BEGIN):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class Database:
    """Sessions on one database. ``async with`` takes SQLite's file for this process alone."""

    def __init__(self, url: str) -> None:
        self._url = database_url(url)
        self._engine = create_engine(self._url)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._turn = asyncio.Lock() if self.is_sqlite else None
        self._lock: int | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is one file for one replica."""
        return self._url.get_backend_name() == "sqlite"

    async def __aenter__(self) -> Database:
        if self.is_sqlite:
            self._lock = _lock_file(Path(str(self._url.database)))
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of all connections and of the file."""
        await self._engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def wipe_pause(self) -> timedelta:
        """How long to wait between two wipes: PostgreSQL's holds up all others for a moment."""
        return timedelta(0) if self.is_sqlite else timedelta(hours=1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that commits at the end of the block, or rolls back if it raises.

        Raises ``Retryable`` where the database is away; whether a commit under way was kept is
        then unknown. Raises ``Fatal`` where it refuses a statement.
        """
        turn: AbstractAsyncContextManager[Any] = self._turn or nullcontext()
        with _sorted_errors():
            async with turn, self._sessions.begin() as session:
                yield session

    async def wipe(self) -> bool:
        """Take erased text out of the files too, and tell whether that was possible now.

        Raises ``Retryable`` as ``transaction`` does.
        """
        with _sorted_errors():
            return await (self._rewrite() if self._turn is None else self._empty_log(self._turn))

    async def _empty_log(self, turn: asyncio.Lock) -> bool:
        async with turn, self._engine.connect() as connection:
            quiet = await connection.execution_options(**{_NO_BEGIN: True})
            result = await quiet.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(result.scalar_one() == 0)

    async def _rewrite(self) -> bool:
        """Write PostgreSQL's tables anew: a plain VACUUM leaves old bytes between the rows."""
        async with self._engine.connect() as connection:
            plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
            # It waits for all who read the table, and all others wait behind it: not for a backup.
            await plain.exec_driver_sql(f"SET lock_timeout = {_LOCK_MS}")
            try:
                for table in TABLES_WITH_TEXT:
                    await plain.exec_driver_sql(f"VACUUM FULL {table}")
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                    raise
                return False
            finally:
                await plain.exec_driver_sql("RESET lock_timeout")
        return True


@contextmanager
def _sorted_errors() -> Iterator[None]:
    """Turn the database's errors into ours, without a word of what was to be written."""
    try:
        yield
    except (DataError, IntegrityError, NotSupportedError, ProgrammingError) as error:
        # PostgreSQL's own words may quote the row, text of the post and all: its code must do.
        code = getattr(error.orig, "sqlstate", None) or getattr(
            error.orig, "sqlite_errorname", "no code"
        )
        raise Fatal(
            f"the database refuses a statement: {type(error).__name__} ({code}): {error.statement}"
        ) from None
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise Retryable(f"the database does not answer: {type(error).__name__}") from error


def _lock_file(database: Path) -> int:
    """Take the lock beside a database file; it goes with the process, however that ends."""
    path = database.with_name(database.name + ".lock")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Fatal(
            f"{database} is in use by another alerts service. SQLite allows one replica: stop the "
            f"other, or use PostgreSQL ({SETTING}) for several."
        ) from None
    return handle
