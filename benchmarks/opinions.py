"""Opinions of made-up museums, many at once: how many posts of each bin are judged and how many of
those are negative. The share swings from day to day; in a crisis it is four times the usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.museum_volume import Rates, daily_profile, draw, museum_volume
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, WINDOW_BINS

Counts = NDArray[np.int64]
"""By bin and museum."""
USUAL, SWING = 0.12, 0.03
CRISIS = 3.5 * USUAL + 0.05
CRISIS_BINS = 6 * HOUR_BINS
CALLED_WITHIN = 12 * HOUR_BINS
LEARNING_DAYS = 21


@dataclass(frozen=True)
class Opinions:
    """Judged and negative posts, and for each museum the bins at which a crisis begins."""

    judged: Counts
    negative: Counts
    crises: tuple[tuple[int, ...], ...]

    def windows(self) -> tuple[Counts, Counts]:
        """Return the judged and negative posts of the last six hours."""
        return _trailing(self.judged), _trailing(self.negative)


def _trailing(counts: Counts) -> Counts:
    total = np.cumsum(counts, axis=0)
    total[WINDOW_BINS:] -= total[:-WINDOW_BINS].copy()
    return total


def steady(
    chance: np.random.Generator, per_hour: float, museums: int, days: int, *, crises: bool
) -> Opinions:
    """Draw museums where each day brings as many; every sixth day has a crisis from 8 to 18 on."""
    rates = np.tile(daily_profile(), days) * per_hour / HOUR_BINS
    begins = tuple(
        tuple(
            day * DAY_BINS + int(chance.integers(8 * HOUR_BINS, 18 * HOUR_BINS))
            for day in (range(LEARNING_DAYS, days - 1, 6) if crises else ())
        )
        for _ in range(museums)
    )
    judged = chance.poisson(rates[:, np.newaxis], (len(rates), museums))
    return _opinions(chance, judged, begins)


def restless(chance: np.random.Generator, per_hour: float, museums: int, days: int) -> Opinions:
    """Draw museums of ``museum_volume``; every fifth day has a crisis from 10 to 16."""
    begin = range(LEARNING_DAYS * DAY_BINS + 10 * HOUR_BINS, (days - 1) * DAY_BINS, 5 * DAY_BINS)
    judged = np.array(
        [draw(chance, _rates(chance, per_hour, days)) for _ in range(museums)], dtype=np.int64
    ).T
    return _opinions(chance, judged, (tuple(begin),) * museums)


def _rates(chance: np.random.Generator, per_hour: float, days: int) -> Rates:
    return museum_volume(chance, 24 * per_hour, days).rates


def _opinions(
    chance: np.random.Generator, judged: Counts, crises: tuple[Iterable[int], ...]
) -> Opinions:
    spread = 1 / SWING - 1
    days, museums = len(judged) // DAY_BINS, judged.shape[1]
    share = chance.beta(USUAL * spread, (1 - USUAL) * spread, (days, museums))
    share = np.repeat(share, DAY_BINS, axis=0)
    for museum, begins in enumerate(crises):
        for begin in begins:
            share[begin : begin + CRISIS_BINS, museum] = CRISIS
    return Opinions(judged, chance.binomial(judged, share), tuple(tuple(b) for b in crises))
