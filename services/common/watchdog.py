"""Notices a partition that has work and does not move; a restart may then help."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass


@dataclass
class _Seen:
    position: int
    since: float


class Watchdog:
    """Compares positions with ends at each look. What had no work at the last look is not stuck."""

    def __init__(self, stall_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._stall_seconds = stall_seconds
        self._now = now
        self._seen: dict[Hashable, _Seen] = {}

    def look(self, positions: Mapping[Hashable, tuple[int, int]]) -> None:
        """Take note of (position, end) of each partition held now; others are forgotten."""
        now = self._now()
        for gone in self._seen.keys() - positions.keys():
            del self._seen[gone]
        for partition, (position, end) in positions.items():
            seen = self._seen.get(partition)
            if position >= end:
                self._seen.pop(partition, None)
            elif seen is None or position != seen.position:
                self._seen[partition] = _Seen(position, now)

    def complaint(self) -> str | None:
        """Say which partitions stand still, or ``None``; fits ``Health.watch``."""
        now = self._now()
        stuck = [
            f"{partition} at {seen.position} for {now - seen.since:.0f} s"
            for partition, seen in self._seen.items()
            if now - seen.since > self._stall_seconds
        ]
        return "; ".join(sorted(stuck)) or None
