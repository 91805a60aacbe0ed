"""Norms: what is usual for a platform and an age, learned from sums that merge in any order.

The sums of a day are written by each partition when the day ends and are in force from the
second midnight after; until enough posts are known, the prior holds. Sums are exact whatever
the order (``math.fsum``), so scores do not depend on the order or on the worker.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from schemas import Moments, NormSums

ENOUGH_POSTS = 300
DAILY_WEIGHT = 0.97
IN_FORCE_AFTER = timedelta(days=2)
KEPT = timedelta(days=120)
IMPORTED = 1_000_000
"""Partitions from here on are those of sums that were imported; partition 0 forgets them."""

_PRIOR_SHARES = (
    0.05, 0.08, 0.11, 0.15, 0.18, 0.24, 0.30, 0.41, 0.50, 0.63, 0.73, 0.88, 0.93, 0.97, 0.99, 1.0,
)  # fmt: skip
_PRIOR_FINAL = 4.0
_PRIOR_SPREAD = 1.2
_PRIOR_AUDIENCE = math.log1p(500)


@dataclass(frozen=True)
class Norm:
    """What is usual in one age bucket, in logs of weighted engagement.

    ``mean`` and ``spread`` of ``log1p(W)`` for an audience of ``audience`` (log1p of followers).
    """

    mean: float
    spread: float
    audience: float
    source: Literal["prior", "learned"]


@dataclass(frozen=True)
class Value:
    """One post in one bucket on one day: ``log1p(W)`` and log1p of its audience, if known."""

    platform: str
    bucket: int
    day: date
    weighted_log: float
    audience_log: float | None


def prior(bucket: int) -> Norm:
    """Return what holds before anything is learned."""
    return Norm(
        math.log1p(_PRIOR_FINAL * _PRIOR_SHARES[bucket]), _PRIOR_SPREAD, _PRIOR_AUDIENCE, "prior"
    )


def owned(partition: int, by: int) -> bool:
    """Whether sums are a partition's to forget."""
    return partition == by or (by == 0 and partition >= IMPORTED)


def sum_day(values: Iterable[Value], day: date, partition: int, beta: float) -> list[NormSums]:
    """Sum the values of one day by platform and bucket, as one partition's absolute sums."""
    groups: dict[tuple[str, int], list[Value]] = defaultdict(list)
    for value in values:
        if value.day == day:
            groups[value.platform, value.bucket].append(value)
    return [
        NormSums(
            platform=platform,
            bucket=bucket,
            day=day,
            partition=partition,
            known=_moments(
                value.weighted_log - beta * value.audience_log
                for value in group
                if value.audience_log is not None
            ),
            unknown=_moments(v.weighted_log for v in group if v.audience_log is None),
            followers=_moments(v.audience_log for v in group if v.audience_log is not None),
        )
        for (platform, bucket), group in sorted(groups.items())
    ]


class Norms:
    """All sums known, as read from ``enrich.norms``; answers what is usual on a day.

    ``read_present_end`` waits for sums that are written and not read yet.
    """

    def __init__(self, beta: float) -> None:
        self._beta = beta
        self.read_present_end: Callable[[], Awaitable[None]] | None = None
        self._sums: dict[str, NormSums] = {}
        self._by_bucket: dict[tuple[str, int], dict[str, NormSums]] = defaultdict(dict)
        self._cache: dict[tuple[str, int, date], Norm] = {}

    def put(self, key: str, sums: NormSums | None) -> None:
        """Take one record of the topic: sums, or ``None`` for sums that are forgotten."""
        known = self._sums.pop(key, None)
        if known is not None:
            self._by_bucket[known.platform, known.bucket].pop(key, None)
        if sums is not None:
            self._sums[key] = sums
            self._by_bucket[sums.platform, sums.bucket][key] = sums
        self._cache.clear()

    def has(self, key: str) -> bool:
        """Whether sums stand under a key: the first that are written for a day stay."""
        return key in self._sums

    def outlived(self, partition: int, today: date) -> list[str]:
        """Keys of a partition's sums that are too old to keep."""
        return sorted(
            key
            for key, sums in self._sums.items()
            if owned(sums.partition, partition) and sums.day < today - KEPT
        )

    def norm(self, platform: str, bucket: int, day: date) -> Norm:
        """Return what is usual on a day, from the days that are in force then."""
        found = self._cache.get((platform, bucket, day))
        if found is None:
            found = self._merge(platform, bucket, day)
            self._cache[platform, bucket, day] = found
        return found

    def _merge(self, platform: str, bucket: int, day: date) -> Norm:
        in_force = [
            sums
            for sums in self._by_bucket.get((platform, bucket), {}).values()
            if sums.day + IN_FORCE_AFTER <= day
        ]
        if sum(sums.known.n + sums.unknown.n for sums in in_force) < ENOUGH_POSTS:
            return prior(bucket)
        weighted = [(DAILY_WEIGHT ** (day - sums.day).days, sums) for sums in in_force]
        known = _weighted_moments((w, sums.known) for w, sums in weighted)
        unknown = _weighted_moments((w, sums.unknown) for w, sums in weighted)
        followers = _weighted_moments((w, sums.followers) for w, sums in weighted)
        audience = followers[1] / followers[0] if followers[0] else _PRIOR_AUDIENCE
        # Values with an audience were summed without it: shift them to the usual audience.
        shift = self._beta * audience
        n = known[0] + unknown[0]
        total = known[1] + shift * known[0] + unknown[1]
        squares = known[2] + 2 * shift * known[1] + shift * shift * known[0] + unknown[2]
        mean = total / n
        return Norm(mean, math.sqrt(max(0.0, squares / n - mean * mean)), audience, "learned")


def _moments(values: Iterable[float]) -> Moments:
    known = list(values)
    return Moments(
        n=len(known), total=math.fsum(known), squares=math.fsum(value * value for value in known)
    )


def _weighted_moments(parts: Iterable[tuple[float, Moments]]) -> tuple[float, float, float]:
    known = list(parts)
    return (
        math.fsum(w * m.n for w, m in known),
        math.fsum(w * m.total for w, m in known),
        math.fsum(w * m.squares for w, m in known),
    )
