"""Series of counts in five-minute bins: read from files, thinned, and followed by the rule."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.nab import Window
from services.enrich.unusual.bins import HOUR_BINS, bin_of
from services.enrich.unusual.burst import HALF_BINS, WHOLE_BINS, Burst
from services.enrich.unusual.calendar import Calendar


@dataclass(frozen=True)
class Series:
    """Counts by row, the instants at which the rows begin, and the labelled windows as rows."""

    name: str
    times: tuple[datetime, ...]
    counts: tuple[int, ...]
    windows: tuple[Window, ...]

    def thinned(self, per_hour: float, chance: np.random.Generator) -> Series:
        """Keep each post by a draw, so that a mean hour has so many; fewer are all kept."""
        share = min(1.0, per_hour / HOUR_BINS / float(np.mean(self.counts)))
        counts = chance.binomial(np.array(self.counts), share)
        return Series(self.name, self.times, tuple(int(n) for n in counts), self.windows)


def folded(counts: Sequence[int], first: int, calendar: Calendar) -> Iterator[Burst]:
    """Fold all bins in order, from bin number ``first``; yield the same state after each."""
    padded = [*[0] * WHOLE_BINS, *counts]
    burst, half, whole = Burst(), 0, 0
    for place, count in enumerate(counts):
        half += count - padded[place + WHOLE_BINS - HALF_BINS]
        whole += count - padded[place]
        burst.fold(first + place, calendar.hour(first + place), half, whole)
        yield burst


def follow(counts: Sequence[int], first: int, calendar: Calendar) -> list[int]:
    """Return the numbers of the bins in which an episode opens."""
    states = folded(counts, first, calendar)
    return sorted({burst.opened for burst in states} - {0})


def alarm_rows(series: Series, calendar: Calendar) -> list[int]:
    """Return the rows at which the rule raises an alarm; several rows may share a bin."""
    numbers = [bin_of(at) for at in series.times]
    first, last = numbers[0], max(numbers)
    counts = [0] * (last - first + 1)
    row_of: dict[int, int] = {}
    for row, (number, count) in enumerate(zip(numbers, series.counts, strict=True)):
        counts[number - first] += count
        row_of[number] = row
    found = follow(counts, first, calendar)
    return [next(row_of[n] for n in range(number, last + 1) if n in row_of) for number in found]


def read_series(folder: Path, windows: Path) -> list[Series]:
    """Read every series that the file of windows names. Raises ``ValueError`` on bad files."""
    named = json.loads(windows.read_text(encoding="utf-8"))
    if not isinstance(named, dict) or not named:
        raise ValueError(f"{windows} names no series; it maps file names to [first, last] windows")
    return [_read_one(folder, str(name), limits) for name, limits in sorted(named.items())]


def _read_one(folder: Path, name: str, limits: Sequence[Sequence[str]]) -> Series:
    path = _find(folder, name)
    opened = gzip.open if path.suffix == ".gz" else open
    times: list[datetime] = []
    counts: list[int] = []
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            try:
                at, count = _instant(row["timestamp"]), round(float(row["value"]))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f"{path}, line {len(times) + 2}: needs the columns timestamp and value"
                ) from error
            times.append(at)
            counts.append(count)
    if not counts:
        raise ValueError(f"{path} has no rows")
    row_of = {at: row for row, at in enumerate(times)}
    try:
        windows = tuple((row_of[_instant(first)], row_of[_instant(last)]) for first, last in limits)
    except KeyError as error:
        raise ValueError(f"{path} has no row at {error}, where a window begins or ends") from error
    return Series(path.name.partition(".")[0], tuple(times), tuple(counts), windows)


def _find(folder: Path, name: str) -> Path:
    near = (folder / name, folder / f"{name}.gz", folder / Path(name).name)
    tried = [*near, folder / f"{Path(name).name}.gz"]
    found = next((path for path in tried if path.is_file()), None)
    if found is None:
        raise ValueError(f"no file {name} or {name}.gz in {folder}")
    return found


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
