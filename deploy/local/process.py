"""One child process of ours: in its own session, with its output in a log file, stopped by its
owner and by nobody else, and killed by the system when its owner dies.

It restarts nothing: whoever supervises decides that.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import httpx2

from services.common.errors import Fatal

_POLL = 0.02
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported or looked up.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Died(Fatal):
    """A child process ended, or was not ready in time; the message holds its last words."""


class Process:
    """A command that runs until it ends by itself or its owner stops it.

    Its life is bound to no event loop, but on Linux to the thread that starts it: start it from
    a thread that lives as long as the process should.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
        group: int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """``env`` is added to the environment of this process; ``log`` is appended to.

        ``user`` and ``group`` (numbers) may be given by root only.
        """
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self._env = env or {}
        self._cwd = cwd
        self._user = user
        self._group = group
        self._stop_signal = stop_signal
        self._child: subprocess.Popen[bytes] | None = None
        self.starts = 0
        """How often it was started."""

    @property
    def pid(self) -> int | None:
        """The process id of the last start, ``None`` before the first."""
        return self._child.pid if self._child else None

    @property
    def returncode(self) -> int | None:
        """Exit status as ``subprocess`` has it (-9 = killed); ``None`` while it runs."""
        return self._child.poll() if self._child else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start the command; return at once."""
        if self.running:
            raise RuntimeError(f"{self.name} runs already (pid {self.pid})")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._env},
                cwd=self._cwd,
                user=self._user,
                group=self._group,
                extra_groups=[] if self._user is not None else None,
                start_new_session=True,
                # Safe beside threads: it makes two system calls and takes no lock.
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509
            )
        self.starts += 1
        atexit.register(self.kill)

    async def wait(self, within: float | None = None) -> int:
        """Wait for its end and return the exit status.

        :raises TimeoutError: it still runs after ``within`` seconds.
        """
        async with asyncio.timeout(within):
            while self.running:
                await asyncio.sleep(_POLL)
        return self.returncode or 0

    async def run(self, within: float) -> None:
        """Start it, and wait for its end.

        :raises Died: it ended with a status that is not 0.
        :raises TimeoutError: it still ran after ``within`` seconds; it is killed.
        """
        self.start()
        try:
            if await self.wait(within):
                raise self.died()
        finally:
            self.kill()

    async def wait_ready(self, url: str, within: float = 60) -> None:
        """Wait until ``url`` answers with a 2xx status.

        :raises Died: the process ended, or was not ready after ``within`` seconds.
        """
        async with httpx2.AsyncClient(trust_env=False, timeout=2) as client:

            async def ready() -> bool:
                try:
                    return (await client.get(url)).is_success
                except httpx2.TransportError:
                    return False

            await self.until(ready, within)

    async def until(self, ready: Callable[[], Awaitable[bool]], within: float) -> None:
        """Wait until ``ready`` says so; otherwise as :meth:`wait_ready`."""
        deadline = time.monotonic() + within
        while not (await ready() and self.running):
            if not self.running:
                raise self.died()
            if time.monotonic() > deadline:
                raise Died(f"{self.name} was not ready within {within:g} s.{self._last_words()}")
            await asyncio.sleep(_POLL)

    async def stop(self, within: float = 20) -> None:
        """Ask it to stop and wait for its end; kill it after ``within`` seconds or on cancel."""
        if self.running and self._child is not None:
            try:
                self._child.send_signal(self._stop_signal)
                await self.wait(within)
            except TimeoutError:
                pass
            finally:
                self.kill()
        atexit.unregister(self.kill)

    def kill(self) -> None:
        """``kill -9`` of the process and its process group; it is gone on return."""
        if self._child is None:
            return
        # Not after it was reaped: its number may be somebody else's by now.
        if self._child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        atexit.unregister(self.kill)

    def died(self) -> Died:
        """The error that says how it ended."""
        return Died(f"{self.name} ended with status {self.returncode}.{self._last_words()}")

    def _last_words(self, lines: int = 20) -> str:
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return f" It left no log at {self.log}."
        tail = text.splitlines()[-lines:]
        return "\n".join([f" The end of {self.log}:", *(f"  {line}" for line in tail)])


def _die_with(parent: int) -> Callable[[], None] | None:
    """What a child does before its command, so that it cannot outlive ``parent``.

    Linux only; elsewhere ``atexit`` must do, which a ``kill -9`` of the parent passes over.
    """
    libc = _libc
    if libc is None:
        return None

    def bind() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return bind
