"""What was learned of forecasts: the sums of all partitions and days, and the outlook they give.

A day's sums are in force from the second midnight after, so every worker has the same outlook;
until enough posts are finished, the prior holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from schemas import ForecastSums
from schemas.norms import BINS, LEARNED_BUCKETS

from ..norms import DAILY_WEIGHT, IN_FORCE_AFTER, owned
from .forecast import PRIOR_ROWS, Outlook, Row
from .motion import MILLI
from .regression import Floats, fit, quantile

ENOUGH_FINISHED: Final = 400
REMEMBERED: Final = timedelta(days=90)
VIRAL_SHARE: Final = 0.99
"""Viral is what gets further than this share of the platform's posts ..."""
VIRAL_FLOOR: Final = 200.0
"""... and at least so much weighted engagement."""
_NINE_OF_TEN: Final = 0.9

# Sums of logs are kept in thousandths, of their products in millionths.
_GRAM_UNITS: Final = np.array([1, *[MILLI] * 3, *[MILLI**2] * 6], dtype=np.float64)
_ERROR_UNITS: Final = np.array([[1], [MILLI**2]], dtype=np.float64)


class Learned:
    """All sums known, as read from ``enrich.norms``; answers with the outlook of a day."""

    def __init__(
        self,
        *,
        viral_share: float = VIRAL_SHARE,
        viral_floor: float = VIRAL_FLOOR,
        prior: tuple[Row, ...] = PRIOR_ROWS,
    ) -> None:
        self._share = viral_share
        self._floor = viral_floor
        self._prior = prior
        self._sums: dict[str, ForecastSums] = {}
        self._by_platform: dict[str, dict[str, ForecastSums]] = defaultdict(dict)
        self._cache: dict[tuple[str, date], Outlook] = {}

    def put(self, key: str, sums: ForecastSums | None) -> None:
        """Take one record of the topic: sums, or ``None`` for sums that are forgotten."""
        known = self._sums.pop(key, None)
        if known is not None:
            self._by_platform[known.platform].pop(key, None)
            self._forget_outlooks(known)
        if sums is not None:
            self._sums[key] = sums
            self._by_platform[sums.platform][key] = sums
            self._forget_outlooks(sums)

    def _forget_outlooks(self, sums: ForecastSums) -> None:
        """Only those that the sums count in: a day that ended leaves the present outlook alone."""
        for platform, today in list(self._cache):
            if platform == sums.platform and _counts(sums.day, today):
                del self._cache[platform, today]

    def has(self, key: str) -> bool:
        """Whether sums stand under a key: the first that are written for a day stay."""
        return key in self._sums

    def outlived(self, partition: int, today: date) -> list[str]:
        """Keys of a partition's sums that are too old to count."""
        return sorted(
            key
            for key, sums in self._sums.items()
            if owned(sums.partition, partition) and sums.day < today - REMEMBERED - IN_FORCE_AFTER
        )

    def outlook(self, platform: str, day: date) -> Outlook:
        """Return what holds for a platform on a day."""
        found = self._cache.get((platform, day))
        if found is None:
            found = self._cache[platform, day] = self._learn(platform, day)
        return found

    def _learn(self, platform: str, day: date) -> Outlook:
        in_force = [
            sums for sums in self._by_platform.get(platform, {}).values() if _counts(sums.day, day)
        ]
        posts = sum(sums.posts for sums in in_force)
        if posts < ENOUGH_FINISHED:
            unknown = (None,) * len(self._prior)
            return Outlook(self._prior, self._floor, unknown, posts, "prior")
        merged = _merge(in_force, day)
        learned = range(LEARNED_BUCKETS)
        return Outlook(
            rows=(
                *(fit(merged.gram[b], merged.errors[b], self._prior[b]) for b in learned),
                *self._prior[LEARNED_BUCKETS:],
            ),
            threshold=max(self._floor, quantile(merged.finals, self._share)),
            nine_of_ten=(*(_nine_of_ten(merged.seen[b]) for b in learned), None),
            posts=posts,
            source="learned",
        )


def _counts(day: date, today: date) -> bool:
    """Whether the sums of a day are in force on another."""
    return IN_FORCE_AFTER <= today - day < IN_FORCE_AFTER + REMEMBERED


@dataclass(frozen=True)
class _Merged:
    """Sums by age bucket, in logs; all but the finals count less with each day that went by."""

    finals: Floats
    gram: Floats
    errors: Floats
    seen: Floats


def _merge(in_force: Iterable[ForecastSums], today: date) -> _Merged:
    """Merge sums: those of one day exactly, as whole numbers, then the days in their order."""
    days: dict[date, list[ForecastSums]] = defaultdict(list)
    for sums in in_force:
        days[sums.day].append(sums)
    finals = np.zeros(BINS)
    gram = np.zeros((LEARNED_BUCKETS, len(_GRAM_UNITS)))
    errors = np.zeros((LEARNED_BUCKETS, 2, BINS))
    seen = np.zeros((LEARNED_BUCKETS, BINS))
    for day, partitions in sorted(days.items()):
        weight = DAILY_WEIGHT ** (today - day).days
        day_gram = np.zeros(gram.shape, np.int64)
        day_errors = np.zeros(errors.shape, np.int64)
        day_seen = np.zeros(seen.shape, np.int64)
        for sums in partitions:
            for place, count in sums.finals:
                finals[place] += count
            for bucket in sums.buckets:
                day_gram[bucket.bucket] += np.array(bucket.gram)
                for place, count, squares in bucket.errors:
                    day_errors[bucket.bucket, :, place] += (count, squares)
                for place, count in bucket.seen:
                    day_seen[bucket.bucket, place] += count
        gram += weight * day_gram
        errors += weight * day_errors
        seen += weight * day_seen
    return _Merged(finals, gram / _GRAM_UNITS, errors / _ERROR_UNITS, seen)


def _nine_of_ten(seen: Floats) -> float | None:
    return quantile(seen, _NINE_OF_TEN) if seen.any() else None
