"""Tails of the counts that we expect (Poisson, negative-binomial, beta-binomial), by sums of their
own terms, and the beta distribution behind the last. The standard library suffices.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_SUMMED = 60.0
"""Up to this mean a percentile is found by summing from zero."""
_EXACT = 500
"""Up to so many posts the beta-binomial tail is a sum."""
_SMALLEST = 1e-300
_normal = NormalDist()


def usual_counts(mean: float, phi: float, outside: float = 0.1) -> tuple[int, int]:
    """Return the percentiles ``outside`` and ``1 - outside`` of NB(mean, 1/phi).

    Its variance is ``mean + phi * mean**2``. A percentile is the first count at which the
    distribution function reaches the share. Large means are taken for a gamma distribution of
    the same variance: there the steps of one post no longer matter, and a sum would take long.
    """
    if mean > _SUMMED:
        distance = _normal.inv_cdf(1 - outside)
        return _gamma_percentile(mean, phi, -distance), _gamma_percentile(mean, phi, distance)
    size = 1 / phi
    odds = phi * mean / (1 + phi * mean)
    term = total = math.exp(-size * math.log1p(phi * mean))
    count, low = 0, -1
    while True:
        if low < 0 and total >= outside:
            low = count
        if total >= 1 - outside:
            return low, count
        term *= (count + size) / (count + 1) * odds
        count += 1
        total += term


def _gamma_percentile(mean: float, phi: float, distance: float) -> int:
    """Return the count that lies so many standard deviations of the cube root above its mean.

    Source: Wilson and Hilferty (1931); the cube root of a gamma variable is nearly normal.
    """
    shape = mean / (1 + phi * mean)
    root = 1 - 1 / (9 * shape) + distance / (3 * math.sqrt(shape))
    return max(0, math.ceil(mean * max(0.0, root) ** 3 - 0.5))


def poisson_tail(count: int, mean: float) -> float:
    """Return the chance of ``count`` or more where ``mean`` are expected."""
    if count <= mean:
        return 1.0
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    total = 0.0
    while term > 1e-17 * total:
        total += term
        count += 1
        term *= mean / count
    return min(1.0, total)


def beta_binomial_tail(k: int, n: int, a: float, b: float) -> float:
    """Return the chance of ``k`` or more of ``n``, where each day draws its share from Beta(a, b).

    Above some hundred posts the beta distribution of the same variance is near enough; a normal
    one would call too often, for the tail is longer.
    """
    if k <= 0:
        return 1.0
    if n > _EXACT:
        sample = n / (1 + (n - 1) / (a + b + 1)) - 1
        share = a / (a + b)
        return 1 - beta_cdf((k - 0.5) / n, share * sample, (1 - share) * sample)
    term = math.exp(_log_choose(n, k) + _log_beta(k + a, n - k + b) - _log_beta(a, b))
    total = 0.0
    for count in range(k, n + 1):
        total += term
        # The last ratio is 0, and its divisor may be: b alone can be tiny.
        term *= (n - count) / (count + 1) * (count + a) / max(n - count - 1 + b, _SMALLEST)
    return min(1.0, total)


@lru_cache(maxsize=4096)
def usual_shares(share: float, sample: float, outside: float) -> tuple[float, float]:
    """Return the percentiles ``outside`` and ``1 - outside`` of Beta(share, of so many posts)."""
    a, b = share * sample, (1 - share) * sample
    return _beta_percentile(outside, a, b), _beta_percentile(1 - outside, a, b)


def _beta_percentile(chance: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + factor * d)
            c = _away_from_zero(1 + factor / c)
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
