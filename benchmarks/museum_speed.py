"""What a museum's state costs: ``python -m benchmarks.museum_speed``.

Processor time of a tick and of a post, and the state's size as bytes, for museums of several
volumes that have listened for weeks. ``measure`` is for other benchmarks to call.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine, describe_machine
from benchmarks.museum_volume import START, draw, museum_volume
from benchmarks.result import put_between_markers
from services.enrich.unusual.bins import BIN_SECONDS, DAY_BINS, WINDOW_BINS
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.layout import read, write
from services.enrich.unusual.museum import Watch

RESULT = Path(__file__).parent / "results" / "museum_speed.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "unusual.md"
VOLUMES = (3, 30, 300, 3000)
_DAYS = 21
_BIN = timedelta(seconds=BIN_SECONDS)


class Cost(BaseModel):
    """One volume. Times are medians over the last week, in microseconds.

    ``tick_and_look_us``: a tick with the numbers that are published after it; ``late_tick_us``: a
    tick after a late post. ``allowed_bytes``: 3 KB and 16 B for each post of the window.
    """

    model_config = ConfigDict(frozen=True)

    posts_a_day: int
    tick_us: float
    tick_and_look_us: float
    late_tick_us: float
    post_us: float
    write_us: float
    read_us: float
    state_bytes: int
    posts_in_window: int
    allowed_bytes: int

    @property
    def share_of_allowed(self) -> float:
        """How much of what is allowed the state takes."""
        return self.state_bytes / self.allowed_bytes


class Result(BaseModel):
    """All of one run."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    costs: tuple[Cost, ...]

    def markdown(self) -> str:
        """Write the table."""
        head = (
            "| posts a day | tick | tick and numbers | tick after a late post | post | to bytes "
            "| from bytes | state | allowed |"
        )
        rows = [
            f"| {c.posts_a_day:,} | {c.tick_us} µs | {c.tick_and_look_us} µs | {c.late_tick_us} µs "
            f"| {c.post_us} µs | {c.write_us} µs | {c.read_us} µs | {c.state_bytes:,} B "
            f"| {c.allowed_bytes:,} B |"
            for c in self.costs
        ]
        return "\n".join((self.machine.sentence(), "", head, "|" + " ---: |" * 9, *rows))


def measure(volumes: Sequence[int] = VOLUMES, seed: int = 1) -> list[Cost]:
    """Play museums of so many posts a day and measure what each step costs."""
    return [_measure_one(volume, seed) for volume in volumes]


def _measure_one(per_day: int, seed: int) -> Cost:
    chance = np.random.default_rng((seed, per_day))
    counts = draw(chance, museum_volume(chance, per_day, _DAYS).rates)
    calendar = Calendar(ZoneInfo("Europe/Rome"))
    watch, clock = Watch(), time.process_time_ns
    watch.tick(START, calendar)
    ticks, looks, posts = [], [], []
    size = inside = before = 0
    for place, count in enumerate(counts):
        at = START + place * _BIN
        began = clock()
        for number in range(count):
            negative = (before + number) % 8 == 0
            watch.put(f"mastodon:{place}-{number}", at, negative=negative)
        before += count
        if count:
            posts.append((clock() - began) / count)
        began = clock()
        watch.tick(at + _BIN, calendar)
        ticked = clock()
        watch.read(calendar)
        looked = clock()
        if place >= (_DAYS - 7) * DAY_BINS:
            ticks.append(ticked - began)
            looks.append(looked - began)
            if place % 12 == 0:
                window = sum(counts[place + 1 - WINDOW_BINS : place + 1])
                size, inside = max((size, inside), (len(write(watch)), window))
    end = START + len(counts) * _BIN
    late = []
    for number in range(200):
        watch.put(f"late:{number}", end - timedelta(minutes=30), negative=False)
        began = clock()
        watch.tick(end + (number + 1) * _BIN, calendar)
        late.append(clock() - began)
    data = write(watch)
    return Cost(
        posts_a_day=per_day,
        tick_us=round(median(ticks) / 1000, 1),
        tick_and_look_us=round(median(looks) / 1000, 1),
        late_tick_us=round(median(late[:10]) / 1000, 1),
        post_us=round(median(posts) / 1000, 1),
        write_us=_each(lambda: write(watch)),
        read_us=_each(lambda: read(data)),
        state_bytes=size,
        posts_in_window=inside,
        allowed_bytes=3072 + 16 * inside,
    )


def _each(call: Callable[[], object], times: int = 200) -> float:
    spent = []
    for _ in range(times):
        began = time.process_time_ns()
        call()
        spent.append(time.process_time_ns() - began)
    return round(median(spent) / 1000, 1)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.museum_speed", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    result = Result(machine=describe_machine(), costs=tuple(measure(seed=given.seed)))
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("museum_speed", result.markdown(), DOCS)
    print(f"\ncost per museum tick: {max(cost.tick_us for cost in result.costs):.1f} us")
    print(f"largest state, of what is allowed: {max(c.share_of_allowed for c in result.costs):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
