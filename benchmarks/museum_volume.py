"""Museums made up: how many posts five minutes bring, with the rhythm of days and weeks, restless
days, bursts, free Sundays and slow rises. The numbers are judgement, shaped like a museum.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS

Rates = NDArray[np.float64]
START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
_WEEK = (0.75, 0.80, 0.85, 0.90, 1.0, 1.35, 1.35)
_DAY_SHAPE, _BIN_SHAPE = 12.0, 6.0
_DRIFT, _DRIFT_SPREAD = 0.97, 0.06
_FREE_FROM, _FREE_TO = 9 * HOUR_BINS, 20 * HOUR_BINS
_LATE_FROM, _LATE_TO = 18 * HOUR_BINS, 22 * HOUR_BINS
_LATE_WEEKDAY, _SUNDAY = 3, 6


@dataclass(frozen=True)
class Volume:
    """Expected posts by bin: ``usual`` as the calendar says, ``rates`` as the days turn out."""

    per_day: float
    usual: Rates
    rates: Rates

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return len(self.rates) // DAY_BINS


def daily_profile() -> Rates:
    """Return the shape of a day: visitors around 13 h, an evening around 20:30, a quiet floor."""
    hours = np.arange(DAY_BINS) / HOUR_BINS
    shape = (
        np.exp(-0.5 * ((hours - 13) / 3.2) ** 2)
        + 0.55 * np.exp(-0.5 * ((hours - 20.5) / 2) ** 2)
        + 0.15
    )
    return np.asarray(shape / shape.mean())


def museum_volume(chance: np.random.Generator, per_day: float, days: int) -> Volume:
    """Return a museum without anything unusual, from a Monday on."""
    week = np.array([_WEEK[day % 7] for day in range(days)])
    usual = (per_day / DAY_BINS) * np.outer(week, daily_profile()).ravel()
    restless = np.repeat(chance.gamma(_DAY_SHAPE, 1 / _DAY_SHAPE, days), DAY_BINS)
    return Volume(per_day, usual, usual * restless * np.exp(_drift(chance, days * DAY_BINS)))


def _drift(chance: np.random.Generator, bins: int) -> Rates:
    steps = chance.normal(0, _DRIFT_SPREAD * math.sqrt(1 - _DRIFT**2), bins)
    level, drift = 0.0, np.empty(bins)
    for number, step in enumerate(steps):
        level = _DRIFT * level + step
        drift[number] = level
    return drift


def draw(chance: np.random.Generator, rates: Rates) -> list[int]:
    """Draw counts: what people do comes in clumps, so they spread more than Poisson's."""
    return [
        int(n) for n in chance.poisson(rates * chance.gamma(_BIN_SHAPE, 1 / _BIN_SHAPE, len(rates)))
    ]


def day_of(number: int) -> date:
    """Return the date of a day by its number."""
    return (START + timedelta(days=number)).date()


def free_sundays(days: int) -> Iterator[int]:
    """Return the numbers of the days that are the first Sunday of a month."""
    for number in range(days):
        day = day_of(number)
        if day.weekday() == _SUNDAY and day.day <= 7:
            yield number


def with_free_sundays(volume: Volume, times: float) -> Rates:
    """Return rates where the first Sunday of each month brings more from 9 to 20 h."""
    rates = volume.rates.copy()
    for day in free_sundays(volume.days):
        rates[day * DAY_BINS + _FREE_FROM : day * DAY_BINS + _FREE_TO] *= times
    return rates


def with_late_openings(volume: Volume, times: float) -> Rates:
    """Return rates where every Thursday evening brings more from 18 to 22 h."""
    rates = volume.rates.copy()
    for day in range(_LATE_WEEKDAY, volume.days, 7):
        rates[day * DAY_BINS + _LATE_FROM : day * DAY_BINS + _LATE_TO] *= times
    return rates


def with_slow_rise(volume: Volume, begin: int, times: float = 5.0, bins: int = HOUR_BINS) -> Rates:
    """Return rates that climb from the usual to a multiple of it, evenly in logs, and stay."""
    rates = volume.rates.copy()
    climb = np.minimum(np.arange(1, len(rates) - begin + 1) / bins, 1.0)
    rates[begin:] = np.maximum(rates[begin:], volume.usual[begin:] * times**climb)
    return rates
