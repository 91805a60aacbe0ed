"""How often a full hour lies in the usual range that is said for it, where nothing happens.

Only hours with five posts or more expected are asked: a range of smaller counts cannot be cut at
80 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.burst_series import Series, folded
from benchmarks.museum_volume import START, draw, museum_volume
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, bin_of
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.tails import usual_counts

_WEEKS = 12
_LEARNED_DAYS = 28
_EXPECTED = 5.0


def coverage(
    counts: Sequence[int],
    first: int,
    calendar: Calendar,
    learned_days: int,
    quiet: Callable[[int], bool] = lambda place: True,
) -> tuple[int, int]:
    """Return how many quiet hours lie in their range, and how many there are."""
    inside = hours = 0
    for place, burst in enumerate(folded(counts, first, calendar)):
        if place < learned_days * DAY_BINS or place % HOUR_BINS != HOUR_BINS - 1:
            continue
        if burst.expected >= _EXPECTED and quiet(place):
            low, high = usual_counts(burst.expected, burst.whole.phi)
            inside += low <= sum(counts[place + 1 - HOUR_BINS : place + 1]) <= high
            hours += 1
    return inside, hours


def museum_coverage(per_day: float, museums: int, seed: int) -> float:
    """Return the share of hours inside, over some simulated museums."""
    calendar, first = Calendar(), bin_of(START)
    inside = hours = 0
    for number in range(museums):
        chance = np.random.default_rng((seed, int(per_day), number))
        counts = draw(chance, museum_volume(chance, per_day, 7 * _WEEKS).rates)
        found = coverage(counts, first, calendar, _LEARNED_DAYS)
        inside, hours = inside + found[0], hours + found[1]
    return inside / hours


def series_coverage(series: Series, calendar: Calendar) -> float:
    """Return the share of a labelled series' hours inside, outside its windows, after 14 days."""

    def quiet(place: int) -> bool:
        return not any(begin <= place <= end for begin, end in series.windows)

    first = bin_of(series.times[0])
    inside, hours = coverage(series.counts, first, calendar, 14, quiet)
    return inside / max(hours, 1)
