"""How often an hour lies in the usual range that is said for it, where nothing happens."""

from __future__ import annotations

import numpy as np

from benchmarks.museum_volume import START, draw, museum_volume
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, bin_of
from services.enrich.unusual.burst import HALF_BINS, Burst
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.tails import usual_counts

_WEEKS = 12
_LEARNED_DAYS = 28


def coverage(per_day: float, museums: int, seed: int) -> float:
    """Return the share of full hours whose count lies in the range said before them."""
    inside = hours = 0
    calendar = Calendar()
    first = bin_of(START)
    for number in range(museums):
        chance = np.random.default_rng((seed, int(per_day), number))
        counts = draw(chance, museum_volume(chance, per_day, 7 * _WEEKS).rates)
        burst = Burst()
        for place in range(len(counts)):
            half = sum(counts[max(0, place + 1 - HALF_BINS) : place + 1])
            whole = sum(counts[max(0, place + 1 - HOUR_BINS) : place + 1])
            burst.fold(first + place, calendar.hour(first + place), half, whole)
            if place >= _LEARNED_DAYS * DAY_BINS and place % HOUR_BINS == HOUR_BINS - 1:
                low, high = usual_counts(burst.expected, burst.whole.phi)
                inside += low <= whole <= high
                hours += 1
    return inside / hours
