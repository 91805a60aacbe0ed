"""The score of the Numenta Anomaly Benchmark, from its paper (Lavin and Ahmad, 2015) and what its
published results add: a window is paid for its first detection, more the earlier it comes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PROBATION_SHARE = 0.15
PROBATION_AT_MOST = 5000
"""The probation is this share of the rows, of so many rows at most."""
_FAR = 3.0


@dataclass(frozen=True)
class Profile:
    """What a found window, a false alarm and a missed window weigh."""

    name: str
    found: float
    false: float
    missed: float


STANDARD = Profile("standard", 1.0, 0.11, 1.0)
LOW_FALSE = Profile("low false positives", 1.0, 0.22, 1.0)
LOW_MISSED = Profile("low false negatives", 1.0, 0.11, 2.0)
PROFILES = (STANDARD, LOW_FALSE, LOW_MISSED)

Window = tuple[int, int]
"""Its first and its last row."""


@dataclass(frozen=True)
class Judged:
    """One series: the raw score, and what became of windows and detections."""

    raw: float
    windows: int
    found: int
    false: int


def probation(rows: int) -> int:
    """Return how many rows at the start are not judged."""
    return int(PROBATION_SHARE * min(rows, PROBATION_AT_MOST))


def position_score(position: float) -> float:
    """Return the worth of a detection, from 1 to -1.

    ``position`` is -1 at a window's first row, 0 at its end, and grows behind it, in widths.
    """
    return 2 / (1 + math.exp(5 * min(position, 100.0))) - 1


def judge(rows: int, windows: Sequence[Window], detections: Iterable[int], by: Profile) -> Judged:
    """Score the detections (row numbers) of one series."""
    begin = probation(rows)
    counted = sorted({row for row in detections if row >= begin})
    raw, found, inside = 0.0, 0, set()
    for first, last in windows:
        hits = [row for row in counted if first <= row <= last]
        inside.update(hits)
        if hits:
            found += 1
            early = position_score(-(last - hits[0] + 1) / (last - first + 1))
            raw += by.found * early / position_score(-1)
        else:
            raw -= by.missed
    false = [row for row in counted if row not in inside]
    raw += by.false * sum(_false_score(row, windows) for row in false)
    return Judged(raw, len(windows), found, len(false))


def _false_score(row: int, windows: Sequence[Window]) -> float:
    before = max((window for window in windows if window[1] < row), default=None, key=_end)
    if before is None:
        return -1.0
    first, last = before
    position = (row - last) / (last - first) if last > first else _FAR
    return -1.0 if position >= _FAR else position_score(position)


def _end(window: Window) -> int:
    return window[1]


def normalise(judged: Iterable[Judged], by: Profile) -> float:
    """Return the score over several series: 0 without any detection, 100 if all was perfect."""
    all_of_them = list(judged)
    windows = sum(one.windows for one in all_of_them)
    if not windows:
        raise ValueError("a score needs at least one window")
    nothing, perfect = -by.missed * windows, by.found * windows
    return 100 * (sum(one.raw for one in all_of_them) - nothing) / (perfect - nothing)
