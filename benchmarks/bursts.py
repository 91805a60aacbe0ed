"""How well bursts are called: ``python -m benchmarks.bursts --series DIR --windows FILE``.

Scores any folder of labelled series like the Numenta Anomaly Benchmark's Twitter volumes, whole and
thinned, and simulated museums: slow rises, quiet weeks, free Sundays, the usual range.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import mean
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.burst_series import Series, alarm_rows, follow, read_series
from benchmarks.bursts_result import Labelled, Result, SeriesRow, Simulated, Thinned
from benchmarks.machine import describe_machine
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
from benchmarks.nab import PROFILES, STANDARD, judge, normalise
from benchmarks.result import put_between_markers
from benchmarks.usual_range import museum_coverage, series_coverage
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, bin_of
from services.enrich.unusual.calendar import ANNOUNCED, Calendar

EXAMPLES = """examples:
  python -m benchmarks.bursts --series data/bursts --windows data/bursts/windows.json
  python -m benchmarks.bursts --only simulated     the made-up museums alone
"""
RESULT = Path(__file__).parent / "results" / "bursts.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "unusual.md"
THINNED = (50, 10, 3)
"""Posts an hour."""
WEEKS = 26
VOLUMES = (3, 30, 300)
"""Posts a day of the museums where nothing happens."""
RISING = (100, 300, 1000)
"""Posts a day of the museums whose rises are slow, and whose usual range is checked."""
_RISE_AFTER_DAYS = 57
_CALLED_WITHIN = 2 * HOUR_BINS
_RISES = 50
"""Museums with a rise for each without: one rise each, and a share of 300 may be off by .04."""
_FIRST = bin_of(START)
_UTC = Calendar(ZoneInfo("UTC"))


def judge_series(series: Sequence[Series], draws: int, seed: int) -> Labelled:
    """Score labelled series, whole and thinned."""
    alarms = [alarm_rows(one, _UTC) for one in series]
    rows, scores = [], {}
    for profile in PROFILES:
        judged = [
            judge(len(one.counts), one.windows, found, profile)
            for one, found in zip(series, alarms, strict=True)
        ]
        scores[profile.name] = normalise(judged, profile)
        if profile is STANDARD:
            rows = [
                SeriesRow(
                    name=one.name,
                    windows=its.windows,
                    found=its.found,
                    false=its.false,
                    raw=its.raw,
                )
                for one, its in zip(series, judged, strict=True)
            ]
    return Labelled(
        series=tuple(rows),
        scores=scores,
        thinned=tuple(_thinned(series, per_hour, draws, seed) for per_hour in THINNED),
        coverage=mean(series_coverage(one, _UTC) for one in series),
    )


def _thinned(series: Sequence[Series], per_hour: int, draws: int, seed: int) -> Thinned:
    values = []
    for number in range(draws):
        chance = np.random.default_rng((seed, per_hour, number))
        thin = [one.thinned(per_hour, chance) for one in series]
        values.append(
            normalise(
                (
                    judge(len(one.counts), one.windows, alarm_rows(one, _UTC), STANDARD)
                    for one in thin
                ),
                STANDARD,
            )
        )
    return Thinned(
        per_hour=per_hour,
        draws=draws,
        score=mean(values),
        lowest=min(values),
        highest=max(values),
    )


def called_rises(per_day: float, museums: int, seed: int) -> float:
    """Return the share of slow rises called within two hours of their beginning."""
    called = 0
    for number in range(museums):
        chance = np.random.default_rng((seed, int(per_day), number))
        volume = museum_volume(chance, per_day, _RISE_AFTER_DAYS + 2)
        begin = _RISE_AFTER_DAYS * DAY_BINS + int(chance.integers(9 * HOUR_BINS, 18 * HOUR_BINS))
        alarms = follow(draw(chance, with_slow_rise(volume, begin)), _FIRST, _UTC)
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
        total += len(follow(draw(chance, change(volume)), _FIRST, calendar))
    return total / museums / WEEKS


def simulate(museums: int, seed: int) -> Simulated:
    """Play simulated museums."""
    announced: dict[date, float] = {day_of(n): ANNOUNCED for n in free_sundays(7 * WEEKS)}
    told = Calendar(ZoneInfo("UTC"), announced=announced)
    worlds: dict[str, tuple[Callable[[Volume], Rates], Calendar]] = {
        "nothing special": (lambda volume: volume.rates, _UTC),
        "free first Sundays, twice the posts": (lambda v: with_free_sundays(v, 2), _UTC),
        "free first Sundays, three times": (lambda v: with_free_sundays(v, 3), _UTC),
        "the same, announced": (lambda v: with_free_sundays(v, 3), told),
        "late Thursdays, three times": (lambda v: with_late_openings(v, 3), _UTC),
    }
    return Simulated(
        museums=museums,
        weeks=WEEKS,
        rises={per_day: called_rises(per_day, _RISES * museums, seed) for per_day in RISING},
        false_alarms={
            name: {v: false_alarms(v, change, calendar, museums, seed) for v in VOLUMES}
            for name, (change, calendar) in worlds.items()
        },
        coverage={per_day: museum_coverage(per_day, museums, seed) for per_day in RISING},
    )


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.bursts",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--series", type=Path, help="folder of CSV files: timestamp, value")
    parser.add_argument("--windows", type=Path, help="JSON: file name to [first, last] windows")
    parser.add_argument("--only", choices=["series", "simulated"], help="leave out the other part")
    parser.add_argument("--draws", type=int, default=10, help="how often a series is thinned (10)")
    parser.add_argument("--museums", type=int, default=6, help="simulated, of each kind (6)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    machine = describe_machine()
    labelled = None
    if given.only != "simulated":
        folder = given.series
        if folder is None:
            data = os.environ.get("PASSAPAROLA_DATA")
            if data is None:
                parser.error("no series: give --series DIR, or set PASSAPAROLA_DATA")
            folder = Path(data) / "bursts"
        try:
            series = read_series(folder, given.windows or folder / "windows.json")
        except (OSError, ValueError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        labelled = judge_series(series, given.draws, given.seed)
    simulated = simulate(given.museums, given.seed) if given.only != "series" else None
    result = Result(machine=machine, labelled=labelled, simulated=simulated)
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("bursts", result.markdown(), DOCS)
    print()
    print("\n".join(result.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
