"""Engagement: counters weighted into one number, and that number against what is usual.

The score is 100 times the normal cdf of ``log1p(W)`` standardised by the norms of the platform
and the age, and by the author's audience: 50 is usual, 84 is one standard deviation above.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from datetime import datetime
from operator import attrgetter
from statistics import NormalDist

from schemas import Counters, EngagementScore

from .norms import Norm

AGE_BUCKETS_HOURS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)
"""Lower ends of the age buckets, in hours."""

_REPLY = 2.0
_REPLY_ON = {"instagram": 3.0, "tiktok": 3.0, "youtube": 4.0}
_SHARE = 3.0
"""What a reply weighs, and a repost, a quote or a bookmark: rarer and costlier than a like."""
_acts = attrgetter("likes", "replies", "reposts", "quotes", "bookmarks")
"""All that weighs. Views are audience, not engagement."""
BETA = 0.5
"""How log engagement grows with log audience."""
_SMALLEST_SPREAD = 0.3
_VIEWS_PER_FOLLOWER = 3
_normal = NormalDist()


def weigh(counters: Counters, platform: str) -> float:
    """Return the weighted engagement W; absent counters drop out, they are not zero."""
    likes, replies, reposts, quotes, bookmarks = _acts(counters)
    return (
        float(likes or 0)
        + _REPLY_ON.get(platform, _REPLY) * (replies or 0)
        + _SHARE * (reposts or 0)
        + _SHARE * (quotes or 0)
        + _SHARE * (bookmarks or 0)
    )


def age_hours(created_at: datetime, at: datetime) -> float:
    """Return a post's age in hours, never below 0: clocks differ."""
    return max(0.0, (at - created_at).total_seconds() / 3600)


def age_bucket(hours: float) -> int:
    """Return the index of the age bucket."""
    return bisect_right(AGE_BUCKETS_HOURS, hours) - 1


def audience(followers: int | None, views: int | None) -> float | None:
    """Return how many may have seen it, as log1p; ``None`` where no follower is known."""
    if followers is None:
        return None
    return math.log1p(followers if views is None else max(followers, views / _VIEWS_PER_FOLLOWER))


def deviation(weighted: float, audience_log: float | None, norm: Norm) -> float:
    """Return how many standard deviations above the usual the engagement is."""
    return (math.log1p(weighted) - _expected(audience_log, norm)) / _spread(norm)


def score_engagement(
    counters: Counters, platform: str, followers: int | None, hours: float, norm: Norm
) -> EngagementScore | None:
    """Score counters seen at an age; ``None`` where the platform gave no counter that weighs."""
    if set(_acts(counters)) == {None}:
        return None
    weighted = weigh(counters, platform)
    audience_log = audience(followers, counters.views)
    expected, spread = _expected(audience_log, norm), _spread(norm)
    score = 100 * _normal.cdf(deviation(weighted, audience_log, norm))
    low = max(0.0, math.expm1(expected - spread))
    high = max(0.0, math.expm1(expected + spread))
    return EngagementScore(
        score=round(score, 2),
        weighted=weighted,
        usual_low=round(low, 2),
        usual_high=round(high, 2),
        age_hours=round(hours, 3),
        norms=norm.source,
        explanation=_explain(score, weighted, hours, platform, audience_log, low, high),
    )


def _expected(audience_log: float | None, norm: Norm) -> float:
    if audience_log is None:
        return norm.mean
    return norm.mean + BETA * (audience_log - norm.audience)


def _spread(norm: Norm) -> float:
    return max(norm.spread, _SMALLEST_SPREAD)


def _explain(
    score: float,
    weighted: float,
    hours: float,
    platform: str,
    audience_log: float | None,
    low: float,
    high: float,
) -> str:
    accounts = (
        ""
        if audience_log is None
        else f" from accounts of about {math.expm1(audience_log):,.0f} followers"
    )
    return (
        f"Engagement {score:.0f}/100: {weighted:,.0f} weighted interactions after "
        f"{say_age(hours)}; posts of this age{accounts} on {platform} usually have "
        f"{low:,.0f} to {high:,.0f}."
    )


def say_age(hours: float) -> str:
    """Say an age as people do: minutes, then hours, then days."""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"
