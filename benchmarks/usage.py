"""What the processes that we started use: processor seconds and resident memory, by name."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

import psutil

OURSELVES = "benchmark"
_LOOK_SECONDS = 0.1


class Used(NamedTuple):
    """``cpu``: seconds since the process began; ``memory``: resident bytes."""

    cpu: float
    memory: int


class Look(NamedTuple):
    """Processor seconds up to a moment of Unix time: of each process, and of the whole machine."""

    at: float
    cpu: Mapping[str, float]
    machine: float


class Work(NamedTuple):
    """``cpu``: processor seconds by process, the busiest first. ``others``: cores others had."""

    cpu: dict[str, float]
    others: float


class Watch:
    """Looks on while it is open, and then tells who worked how much between two moments."""

    def __init__(self, looks: Iterable[Look] = ()) -> None:
        self._looks = list(looks)
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._look()
        self._looking = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._look()

    def between(self, first: float, last: float) -> Work:
        """Tell who worked between two moments of Unix time, by straight lines between looks."""
        before, after = self._at(first), self._at(last)
        used = {name: cpu - before.cpu.get(name, 0.0) for name, cpu in after.cpu.items()}
        others = after.machine - before.machine - sum(used.values())
        return Work(
            {name: round(used[name], 3) for name in sorted(used, key=lambda name: -used[name])},
            round(max(0.0, others) / (last - first), 2),
        )

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        # What has ended keeps its last figure.
        known = self._looks[-1].cpu if self._looks else {}
        cpu = {name: used.cpu for name, used in usage().items()}
        self._looks.append(Look(time.time(), {**known, **cpu}, _busy()))

    def _at(self, moment: float) -> Look:
        number = bisect_left(self._looks, moment, key=lambda look: look.at)
        if number in (0, len(self._looks)):
            return self._looks[max(0, number - 1)]
        left, right = self._looks[number - 1 : number + 1]
        part = (moment - left.at) / (right.at - left.at)
        return Look(
            moment,
            {
                name: left.cpu.get(name, 0.0) + part * (cpu - left.cpu.get(name, 0.0))
                for name, cpu in right.cpu.items()
            },
            left.machine + part * (right.machine - left.machine),
        )


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
