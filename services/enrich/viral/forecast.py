"""Forecast: what a post will come to in two days, and the probability that this is viral.

``log1p(final)`` is linear in log1p of engagement and of growth, with one row of coefficients for
each age bucket; the final is never less than what is there. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from ..engagement import age_bucket
from .motion import Motion

SMALLEST_SPREAD: Final = 0.05
_HIGHEST_LOG: Final = 60.0
_SQRT2: Final = math.sqrt(2)


@dataclass(frozen=True, slots=True)
class Row:
    """How to forecast at one age: ``base + engagement * log1p(W) + growth * log1p(v)``.

    ``spread`` is the standard deviation of what comes out against it.
    """

    base: float
    engagement: float
    growth: float
    spread: float


PRIOR_ROWS: Final = (
    Row(2.912, 0.647, 0.0, 0.769),
    Row(1.975, 0.386, 0.431, 0.755),
    Row(1.812, 0.350, 0.509, 0.668),
    Row(1.509, 0.469, 0.471, 0.618),
    Row(1.333, 0.509, 0.466, 0.535),
    Row(1.170, 0.513, 0.506, 0.450),
    Row(0.968, 0.583, 0.473, 0.357),
    Row(0.856, 0.647, 0.423, 0.279),
    Row(0.305, 0.909, 0.170, 0.207),
    Row(0.207, 0.943, 0.122, 0.150),
    Row(-0.031, 1.011, 0.022, 0.085),
    Row(-0.006, 1.002, 0.002, 0.050),
    Row(0.114, 0.974, 0.028, 0.050),
    Row(0.110, 0.980, 0.0, 0.050),
    Row(0.0, 1.0, 0.0, 0.050),
    Row(0.0, 1.0, 0.0, 0.050),
)
"""Measured on two years of Hacker News' front page; they hold until enough is known."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a platform teaches on a day: a row for each age bucket, and from where it is viral.

    ``nine_of_ten``: below what engagement nine of ten posts are in each bucket, where known.
    ``posts``: how many finished posts it was learned from.
    """

    rows: tuple[Row, ...]
    threshold: float
    nine_of_ten: tuple[float | None, ...]
    posts: int
    source: Literal["prior", "learned"]


class Forecast(NamedTuple):
    """What is to be expected of a post: weighted engagement in two days with its range.

    ``low`` and ``high`` are one standard deviation away: two of three posts end between them.
    """

    probability: float
    expected: float
    low: float
    high: float
    threshold: float
    nine_of_ten: float | None
    source: Literal["prior", "learned"]


def forecast(motion: Motion, outlook: Outlook) -> Forecast:
    """Forecast a post as it stands at its last look."""
    bucket = age_bucket(motion.age_hours)
    row = outlook.rows[bucket]
    weighted_log = math.log1p(motion.weighted)
    expected_log = predict(row, weighted_log, math.log1p(motion.growth))
    if motion.weighted >= outlook.threshold:
        probability = 1.0  # it is there already
    else:
        distance = (expected_log - math.log1p(outlook.threshold)) / row.spread
        probability = 0.5 * (1.0 + math.erf(distance / _SQRT2))
    return Forecast(
        probability=probability,
        expected=math.expm1(expected_log),
        low=math.expm1(max(weighted_log, expected_log - row.spread)),
        high=math.expm1(expected_log + row.spread),
        threshold=outlook.threshold,
        nine_of_ten=outlook.nine_of_ten[bucket],
        source=outlook.source,
    )


def predict(row: Row, weighted_log: float, growth_log: float) -> float:
    """Return log1p of the expected final engagement."""
    predicted = row.base + row.engagement * weighted_log + row.growth * growth_log
    return max(weighted_log, min(predicted, _HIGHEST_LOG))
