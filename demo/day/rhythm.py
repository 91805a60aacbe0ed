"""When visitors post: a museum's day with its two humps, and Poisson-like disorder on top."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

BIN = timedelta(minutes=5)
_BINS = timedelta(days=1) // BIN
_WEEK = (0.75, 0.80, 0.85, 0.90, 1.0, 1.35, 1.35)
_DAY_SHAPE = 12.0
_BIN_SHAPE = 6.0
_MEMORY = 0.97
_DRIFT = 0.12 * 0.5


def profile(hour: float) -> float:
    """How busy a local hour is: visitors around 13 h, their evening around 20:30, and a floor."""
    visitors = math.exp(-(((hour - 13) / 3.2) ** 2) / 2)
    evening = 0.55 * math.exp(-(((hour - 20.5) / 2) ** 2) / 2)
    return visitors + evening + 0.15


def intensity(rng: Random, day: date, zone: ZoneInfo, rate: float) -> list[float]:
    """How busy a museum is in each five minutes of a UTC day."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    mood = rate * rng.gammavariate(_DAY_SHAPE, 1 / _DAY_SHAPE)
    drift = 0.0
    levels = []
    for index in range(_BINS):
        local = (start + index * BIN).astimezone(zone)
        drift = _MEMORY * drift + rng.gauss(0, _DRIFT * math.sqrt(1 - _MEMORY**2))
        usual = profile(local.hour + local.minute / 60) * _WEEK[local.weekday()]
        gust = rng.gammavariate(_BIN_SHAPE, 1 / _BIN_SHAPE)
        levels.append(mood * usual * math.exp(drift) * gust)
    return levels


def scatter(
    rng: Random, day: date, levels: Sequence[Sequence[float]], count: int
) -> list[tuple[int, datetime]]:
    """Spread posts over museums and times by how busy they are: (museum's index, instant).

    A Poisson day given its number of posts, so that a day is never too long to play.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    sums = list(accumulate(level for museum in levels for level in museum))
    drawn = (bisect_left(sums, rng.random() * sums[-1]) for _ in range(count))
    seconds = int(BIN.total_seconds())
    return sorted(
        (
            (
                place // _BINS,
                start + place % _BINS * BIN + timedelta(seconds=rng.randrange(seconds)),
            )
            for place in drawn
        ),
        key=lambda post: (post[1], post[0]),
    )
