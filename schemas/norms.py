"""What one partition saw of usual engagement on one day, as sums that merge in any order."""

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
