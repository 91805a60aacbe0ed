"""How well bursts are called: ``python -m benchmarks.bursts --series DIR --windows FILE``.

Scores any folder of labelled series like the Numenta Anomaly Benchmark's Twitter volumes, whole and
thinned, and simulated museums: slow rises, quiet weeks, free Sundays, the usual range.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.burst_series import Series, alarm_rows, follow, read_series
from benchmarks.museum_volume import (
    START,
    Rates,
    Volume,
    day_of,
    draw,
    free_sundays,
    museum_volume,
    with_free_sundays,
    with_late_openings,
    with_slow_rise,
)
from benchmarks.nab import PROFILES, STANDARD, Profile, judge, normalise
from benchmarks.usual_range import coverage
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, bin_of
from services.enrich.unusual.calendar import ANNOUNCED, Calendar

EXAMPLES = """examples:
  python -m benchmarks.bursts --series data/bursts --windows data/bursts/windows.json
  python -m benchmarks.bursts --simulated          the made-up museums alone
"""
THINNED = (50, 10, 3)
"""Posts an hour."""
WEEKS = 26
VOLUMES = (3, 30, 300)
RISING = (100, 300, 1000)
"""Posts a day of the museums whose rises are slow."""
_RISE_AFTER_DAYS = 57
_CALLED_WITHIN = 2 * HOUR_BINS
_FIRST = bin_of(START)
_UTC = Calendar(ZoneInfo("UTC"))


def score(series: Sequence[Series], profile: Profile = STANDARD) -> float:
    """Return the normalised score of the rule on some series."""
    return normalise(
        (judge(len(s.counts), s.windows, alarm_rows(s, _UTC), profile) for s in series), profile
    )


def print_series(series: Sequence[Series], draws: int, seed: int) -> None:
    """Print each series, then the scores whole and thinned."""
    print(f"{'series':<28} {'windows':>8} {'found':>6} {'false':>6} {'raw':>7}")
    whole = []
    for one in series:
        rows = alarm_rows(one, _UTC)
        judged = judge(len(one.counts), one.windows, rows, STANDARD)
        whole.append((one, rows))
        print(
            f"{one.name:<28} {judged.windows:>8} {judged.found:>6} {judged.false:>6} "
            f"{judged.raw:>7.2f}"
        )
    print()
    for profile in PROFILES:
        value = normalise(
            (judge(len(one.counts), one.windows, rows, profile) for one, rows in whole), profile
        )
        print(f"{profile.name} score: {value:.1f}")
    for per_hour in THINNED:
        values = [
            score([one.thinned(per_hour, chance) for one in series])
            for chance in (np.random.default_rng((seed, per_hour, n)) for n in range(draws))
        ]
        print(
            f"thinned to {per_hour} posts/h, standard score: {np.mean(values):.1f} "
            f"({draws} draws, {min(values):.1f} to {max(values):.1f})"
        )


def called_rises(per_day: float, museums: int, seed: int) -> float:
    """Return the share of slow rises called within two hours of their beginning."""
    called = 0
    for number in range(museums):
        chance = np.random.default_rng((seed, int(per_day), number))
        volume = museum_volume(chance, per_day, _RISE_AFTER_DAYS + 2)
        begin = _RISE_AFTER_DAYS * DAY_BINS + int(chance.integers(9 * HOUR_BINS, 18 * HOUR_BINS))
        counts = draw(chance, with_slow_rise(volume, begin))
        alarms = follow(counts, _FIRST, _UTC).alarms
        called += any(begin <= at - _FIRST < begin + _CALLED_WITHIN for at in alarms)
    return called / museums


def false_alarms(
    per_day: float, change: Callable[[Volume], Rates], calendar: Calendar, museums: int, seed: int
) -> float:
    """Return the alarms a week of museums where nothing happens that people did not expect."""
    total = 0
    for number in range(museums):
        chance = np.random.default_rng((seed, int(per_day), number))
        volume = museum_volume(chance, per_day, 7 * WEEKS)
        total += len(follow(draw(chance, change(volume)), _FIRST, calendar).alarms)
    return total / museums / WEEKS


def print_museums(museums: int, seed: int) -> None:
    """Print what simulated museums give."""
    print("\nslow rises: from usual to 5 times usual in an hour, no step above 15 %")
    rises = {per_day: called_rises(per_day, 5 * museums, seed) for per_day in RISING}
    for per_day, share in rises.items():
        print(f"  {per_day:>5} posts a day: {share:.2f} called within 2 h")
    print(f"slow rises called: {np.mean(list(rises.values())):.2f}")

    announced: dict[date, float] = {day_of(n): ANNOUNCED for n in free_sundays(7 * WEEKS)}
    told = Calendar(ZoneInfo("UTC"), announced=announced)
    worlds: dict[str, tuple[Callable[[Volume], Rates], Calendar]] = {
        "quiet": (lambda volume: volume.rates, _UTC),
        "free Sundays x2": (lambda volume: with_free_sundays(volume, 2), _UTC),
        "free Sundays x3": (lambda volume: with_free_sundays(volume, 3), _UTC),
        "announced x3": (lambda volume: with_free_sundays(volume, 3), told),
        "late Thursdays x3": (lambda volume: with_late_openings(volume, 3), _UTC),
    }
    print(f"\nfalse alarms a week, {museums} museums of {WEEKS} weeks each")
    print(f"{'posts a day':<20}" + "".join(f"{volume:>8}" for volume in VOLUMES))
    worst = []
    for name, (change, calendar) in worlds.items():
        row = [false_alarms(volume, change, calendar, museums, seed) for volume in VOLUMES]
        worst.append(max(row))
        print(f"{name:<20}" + "".join(f"{value:>8.3f}" for value in row))
    print(f"false alarms a week, worst case: {max(worst):.3f}")

    covered = {volume: coverage(volume, museums, seed) for volume in (30, 100, 300, 1000)}
    print("\nusual range on quiet data, where 80 % is said")
    for volume, share in covered.items():
        print(f"  {volume:>5} posts a day: {100 * share:.0f} % of the hours lie in it")
    print(f"usual range coverage: {100 * np.mean(list(covered.values())):.0f} %")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=Path, help="folder of CSV files: timestamp, value")
    parser.add_argument("--windows", type=Path, help="JSON: file name to [first, last] windows")
    parser.add_argument("--simulated", action="store_true", help="only the made-up museums")
    parser.add_argument("--draws", type=int, default=10, help="how often a series is thinned")
    parser.add_argument("--museums", type=int, default=6, help="simulated museums of each kind")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if not given.simulated:
        if given.series is None:
            parser.error("give --series DIR (and --windows FILE), or --simulated")
        try:
            series = read_series(given.series, given.windows or given.series / "windows.json")
        except (OSError, ValueError) as error:
            print(f"cannot read the series: {error}", file=sys.stderr)
            return 2
        print_series(series, given.draws, given.seed)
    print_museums(given.museums, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
