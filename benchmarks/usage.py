"""What the processes that we started use: processor seconds and resident memory, by name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import NamedTuple, Self

import psutil

OURSELVES = "benchmark"
_LOOK_SECONDS = 0.25


class Used(NamedTuple):
    """``cpu``: seconds since the process began; ``memory``: resident bytes."""

    cpu: float
    memory: int


class Watch:
    """Looks on while it is open, so that what ends meanwhile is counted too."""

    def __init__(self) -> None:
        self._before: Mapping[str, Used] = {}
        self._last: dict[str, Used] = {}
        self._started = self._stopped = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._before, self._started = usage(), time.monotonic()
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._last |= usage()
        self._stopped = time.monotonic()

    async def _look(self) -> None:
        while True:
            self._last |= usage()
            await asyncio.sleep(_LOOK_SECONDS)

    def cores(self) -> dict[str, float]:
        """How much of one core each process used, the busiest first."""
        return cores(self._before, self._last, self._stopped - self._started)


def usage() -> dict[str, Used]:
    """Return what this process and its children use."""
    me = psutil.Process()
    found = {OURSELVES: _used(me)}
    for child in me.children(recursive=True):
        try:
            found[name_of(child.cmdline())] = _used(child)
        except psutil.Error:  # it ended in this moment
            continue
    return found


def cores(
    before: Mapping[str, Used], after: Mapping[str, Used], seconds: float
) -> dict[str, float]:
    """Return how much of one core each process used between two looks, the busiest first."""
    shares = {
        name: round((used.cpu - before.get(name, Used(0.0, 0)).cpu) / seconds, 2)
        for name, used in after.items()
    }
    return dict(sorted(shares.items(), key=lambda share: -share[1]))


def name_of(command: list[str]) -> str:
    """Name a process by its command: the broker, a module of ours, or the program."""
    if "kafka.Kafka" in command:
        return "Kafka"
    if "-m" in command[:-1]:
        module, *more = command[command.index("-m") + 1 :]
        return "replay" if (module, *more[:1]) == ("cli", "replay") else module.rpartition(".")[2]
    return command[0].rpartition("/")[2] if command else "unknown"


def _used(process: psutil.Process) -> Used:
    times = process.cpu_times()
    return Used(times.user + times.system, process.memory_info().rss)
