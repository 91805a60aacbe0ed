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


_NOTHING = Used(0.0, 0)


class Watch:
    """Looks on while it is open, so that what ends meanwhile is counted too."""

    def __init__(self) -> None:
        self._before: Mapping[str, Used] = {}
        self._last: dict[str, Used] = {}
        self._started = self._stopped = self._busy = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._before, self._started, self._busy = usage(), time.monotonic(), -_busy()
        self._looking = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._last |= usage()
        self._stopped, self._busy = time.monotonic(), self._busy + _busy()

    async def _look(self) -> None:
        while True:
            self._last |= usage()
            await asyncio.sleep(_LOOK_SECONDS)

    @property
    def cpu(self) -> dict[str, float]:
        """Processor seconds that each process of ours used, the busiest first."""
        used = {
            name: last.cpu - self._before.get(name, _NOTHING).cpu
            for name, last in self._last.items()
        }
        return dict(sorted(used.items(), key=lambda entry: -entry[1]))

    @property
    def others(self) -> float:
        """How many cores were busy with anything that is not ours: what disturbed us."""
        seconds = self._stopped - self._started
        return round(max(0.0, self._busy - sum(self.cpu.values())) / seconds, 2)


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


def _busy() -> float:
    """Return the seconds for which the machine's processors have worked, for whomever."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0))


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
