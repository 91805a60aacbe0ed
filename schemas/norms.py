"""What one partition saw on one day, as sums that merge in any order."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from .base import Model, Platform


class Moments(Model):
    """Count, sum and sum of squares of a quantity."""

    n: Annotated[int, Field(ge=0)] = 0
    total: float = 0.0
    squares: Annotated[float, Field(ge=0)] = 0.0


class NormSums(Model):
    """Absolute sums of one platform, age bucket, UTC day and partition.

    ``known``: ``log1p(W) - beta * log1p(followers)`` of posts whose audience is known;
    ``unknown``: ``log1p(W)`` of the others; ``followers``: ``log1p(followers)`` of the known.
    """

    platform: Platform
    bucket: Annotated[int, Field(ge=0, le=15)]
    day: date
    partition: Annotated[int, Field(ge=0)]
    known: Moments = Moments()
    unknown: Moments = Moments()
    followers: Moments = Moments()

    @property
    def key(self) -> str:
        """The record's key on ``enrich.norms``."""
        return f"{self.platform}/{self.bucket}/{self.day.isoformat()}/{self.partition}"


BINS = 64
BIN_MILLI = 250
"""Histograms count log1p of engagement: 64 bins of a quarter, up to 8.9 million."""
LEARNED_BUCKETS = 15
"""The age buckets below 48 h; after that a post is finished and its forecast is what it has."""


class BucketSums(Model):
    """One age bucket. With x, v, y for log1p of engagement, growth and final, in thousandths:

    ``gram``: the sums of 1, x, v, y, xx, xv, vv, xy, vy, yy; ``seen``: (bin of x, posts);
    ``errors``: (bin of the forecast, posts, sum of squared errors).
    """

    bucket: Annotated[int, Field(ge=0, lt=LEARNED_BUCKETS)]
    gram: Annotated[tuple[int, ...], Field(min_length=10, max_length=10)]
    seen: tuple[tuple[int, int], ...] = ()
    errors: tuple[tuple[int, int, int], ...] = ()


class ForecastSums(Model):
    """The posts that were finished on one UTC day, by platform and partition, in whole numbers.

    ``finals``: (bin of the final engagement, posts).
    """

    platform: Platform
    day: date
    partition: Annotated[int, Field(ge=0)]
    posts: Annotated[int, Field(ge=0)]
    finals: tuple[tuple[int, int], ...] = ()
    buckets: tuple[BucketSums, ...] = ()

    @property
    def key(self) -> str:
        """The record's key on ``enrich.norms``."""
        return f"{self.platform}/forecast/{self.day.isoformat()}/{self.partition}"
