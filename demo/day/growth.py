"""How engagement grows: what an ordinary post ends at, and the counters that a look finds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

_CURVE = (
    (0.0, 0.0),
    (0.5, 0.11),
    (1.0, 0.18),
    (2.0, 0.30),
    (3.0, 0.41),
    (4.0, 0.50),
    (6.0, 0.63),
    (8.0, 0.73),
    (12.0, 0.88),
    (24.0, 0.97),
    (48.0, 1.0),
)
"""Age in hours, and the share of the final engagement that is there by then."""

_LOOKS_HOURS = (0.4, 1.0, 3.0, 7.0, 14.0)
_LOOK_CHANCE = 0.62
_JITTER = 0.1

_USUAL_FINAL = 4.0
_USUAL_FOLLOWERS = 500
_AUDIENCE_POWER = 0.5
_SPREAD = 0.6
_MOST_ABOVE = 0.75
_MOST_FINAL = 120.0

_MIX: Mapping[str, Mapping[str, float]] = {
    "mastodon": {"likes": 0.5, "reposts": 0.35, "replies": 0.15},
    "threads": {"likes": 0.55, "reposts": 0.2, "quotes": 0.05, "replies": 0.2},
    "instagram": {"likes": 0.85, "replies": 0.15},
    "flickr": {"likes": 0.9, "replies": 0.1},
}
"""Which acts the weighted engagement of a platform is made of."""
_WEIGHTS = {"likes": 1, "replies": 2, "reposts": 3, "quotes": 3, "bookmarks": 3}

PLATFORMS = tuple(_MIX)


def share_by(hours: float) -> float:
    """The share of the final engagement that is there at an age."""
    for (before, low), (after, high) in pairwise(_CURVE):
        if hours < after:
            return low + (high - low) * (hours - before) / (after - before)
    return 1.0


def followers(rng: Random, most: int = 300_000) -> int:
    """How many follow an account: half have fewer than 400, few have very many."""
    return min(most, round(rng.lognormvariate(6.0, 1.8)))


def usual_final(rng: Random, audience: int | None) -> float:
    """Final weighted engagement of an ordinary post: it never comes near a viral one's."""
    lift = (
        _AUDIENCE_POWER * (math.log1p(audience) - math.log1p(_USUAL_FOLLOWERS)) if audience else 0
    )
    noise = min(rng.gauss(0, _SPREAD), _MOST_ABOVE)
    return min(max(0.0, math.expm1(math.log1p(_USUAL_FINAL) + lift + noise)), _MOST_FINAL)


def counters(platform: str, weighted: float) -> dict[str, int]:
    """Counters that together weigh about that much; only those that the platform shows."""
    return {name: round(weighted * part / _WEIGHTS[name]) for name, part in _MIX[platform].items()}


def looks(rng: Random, created_at: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """When we look at a post again before the day ends, and its age in hours by then."""
    for planned in _LOOKS_HOURS:
        hours = planned * rng.uniform(1 - _JITTER, 1 + _JITTER)
        at = created_at + timedelta(seconds=round(hours * 3600))
        if rng.random() < _LOOK_CHANCE and at < end:
            yield at, hours
