"""What a museum's state costs: ``python -m benchmarks.museum_speed``.

Time for a tick and for a post, and the state's size as bytes, for museums of several volumes that
have listened for weeks. ``measure`` is for other benchmarks to call.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.machine import describe_machine
from benchmarks.museum_volume import START, draw, museum_volume
from services.enrich.unusual.bins import BIN_SECONDS, DAY_BINS, WINDOW_BINS
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.layout import read, write
from services.enrich.unusual.museum import Watch

VOLUMES = (3, 30, 300, 3000)
_DAYS = 21
_BIN = timedelta(seconds=BIN_SECONDS)


@dataclass(frozen=True)
class Cost:
    """One volume. Times are medians over the last week, in microseconds.

    ``allowed_bytes``: 3 KB and 16 B for each post of the window, at the largest state.
    """

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


def measure(volumes: Sequence[int] = VOLUMES, seed: int = 1) -> list[Cost]:
    """Play museums of so many posts a day and measure what each step costs."""
    return [_measure_one(volume, seed) for volume in volumes]


def _measure_one(per_day: int, seed: int) -> Cost:
    chance = np.random.default_rng((seed, per_day))
    counts = draw(chance, museum_volume(chance, per_day, _DAYS).rates)
    calendar = Calendar(ZoneInfo("Europe/Rome"))
    watch, clock = Watch(), time.perf_counter_ns
    watch.tick(START, calendar)
    ticks, looks, posts = [], [], []
    size = inside = 0
    for place, count in enumerate(counts):
        at = START + place * _BIN
        began = clock()
        for number in range(count):
            watch.put(f"mastodon:{place}-{number}", at, negative=number % 8 == 0)
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
        began = time.perf_counter_ns()
        call()
        spent.append(time.perf_counter_ns() - began)
    return round(median(spent) / 1000, 1)


def table(costs: Sequence[Cost]) -> str:
    """Write the costs as a table."""
    head = (
        f"{'posts a day':>11} {'tick us':>8} {'+ look':>8} {'late':>8} {'post us':>8} "
        f"{'write us':>9} {'read us':>8} {'bytes':>8} {'allowed':>8}"
    )
    return "\n".join(
        [
            head,
            *(
                f"{c.posts_a_day:>11,} {c.tick_us:>8} {c.tick_and_look_us:>8} {c.late_tick_us:>8} "
                f"{c.post_us:>8} {c.write_us:>9} {c.read_us:>8} {c.state_bytes:>8,} "
                f"{c.allowed_bytes:>8,}"
                for c in costs
            ),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    costs = measure(seed=given.seed)
    print(table(costs))
    print(f"cost per museum tick: {max(c.tick_us for c in costs):.1f} us")
    machine = describe_machine()
    rows = [asdict(cost) for cost in costs]
    print(json.dumps({"benchmark": "museum_speed", "machine": machine.cpu, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
