"""Regression: the rows of the forecast and the threshold, fitted from sums of finished posts.

Ridge least squares that leans on the prior rows; more engagement or growth never lowers what it
forecasts. It takes sums and gives rows, and knows nothing of posts.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.norms import BIN_MILLI

from .forecast import SMALLEST_SPREAD, Row

RIDGE: Final = 1.0
"""The prior row weighs as much as one post."""
TOP_SHARE: Final = 0.2
"""Only errors among the highest forecasts tell how sure a forecast of something viral is."""
ENOUGH_ERRORS: Final = 100

Floats = NDArray[np.float64]
_BIN: Final = BIN_MILLI / 1000


def fit(gram: Floats, errors: Floats, prior: Row) -> Row:
    """Return the row of one age bucket.

    ``gram``: weighted sums of 1, x, v, y, xx, xv, vv, xy, vy, yy. ``errors``: for each bin of the
    forecast, how many and the sum of their squared errors.
    """
    n, x, v, y, xx, xv, vv, xy, vy, yy = (float(term) for term in gram)
    if n <= 0:
        return prior
    matrix = np.array([[n, x, v], [x, xx, xv], [v, xv, vv]]) + RIDGE * np.eye(3)
    target = np.array([y, xy, vy]) + RIDGE * np.array([prior.base, prior.engagement, prior.growth])
    base, engagement, growth = _solve_rising(matrix, target)
    squares = (
        yy
        - 2 * (base * y + engagement * xy + growth * vy)
        + base * base * n
        + engagement * engagement * xx
        + growth * growth * vv
        + 2 * (base * engagement * x + base * growth * v + engagement * growth * xv)
    )
    spread = _top_spread(errors)
    if spread is None:
        spread = math.sqrt(max(0.0, squares) / n)
    return Row(base, engagement, growth, max(spread, SMALLEST_SPREAD))


def quantile(histogram: Floats, share: float) -> float:
    """Return below what engagement a share of posts is, within a bin evenly spread."""
    total = float(histogram.sum())
    if total <= 0:
        raise ValueError("no quantile of nothing")
    sums = np.cumsum(histogram)
    place = int(np.searchsorted(sums, share * total))
    below = float(sums[place - 1]) if place else 0.0
    part = (share * total - below) / float(histogram[place])
    return math.expm1(_BIN * (place + part))


def _solve_rising(matrix: Floats, target: Floats) -> tuple[float, float, float]:
    """Solve with no negative slope: one that comes out negative is left out."""
    active = [0, 1, 2]
    while True:
        found = np.linalg.solve(matrix[np.ix_(active, active)], target[active])
        negative = [k for k, value in zip(active, found, strict=True) if k and value < 0]
        if not negative:
            solution = dict(zip(active, (float(value) for value in found), strict=True))
            return solution[0], solution.get(1, 0.0), solution.get(2, 0.0)
        active = [k for k in active if k not in negative]


def _top_spread(errors: Floats) -> float | None:
    """Root mean square of the errors in the top share of forecasts; the last bin counts in part."""
    counts, squares = errors
    total = float(counts.sum())
    if total < ENOUGH_ERRORS:
        return None
    wanted, got, square = TOP_SHARE * total, 0.0, 0.0
    for place in range(len(counts) - 1, -1, -1):
        if counts[place] > 0:
            taken = min(float(counts[place]), wanted - got)
            got += taken
            square += float(squares[place]) * taken / float(counts[place])
            if got >= wanted:
                break
    return math.sqrt(square / got)
