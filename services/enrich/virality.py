"""The viral mark: engagement far beyond what is usual for the platform, age and audience.

A plain rule on what is there, not a forecast; once met it stays, so that a purge of likes takes
nothing back.
"""

from __future__ import annotations

from datetime import datetime

from schemas import Counters, EngagementScore, Virality

from .engagement import deviation, say_age, weigh
from .norms import Norm

FLOOR = 50.0
"""Weighted engagement below which nothing is called viral."""
DEVIATIONS = 2.0
"""Standard deviations above the usual from which a post is called viral."""


def is_viral(marks: Counters, platform: str, audience_log: float | None, norm: Norm) -> bool:
    """Tell whether the highest counters seen are far beyond the usual."""
    weighted = weigh(marks, platform)
    return weighted >= FLOOR and deviation(weighted, audience_log, norm) >= DEVIATIONS


def describe_virality(score: EngagementScore, since: datetime | None) -> Virality:
    """Return the mark with the sentence that says why."""
    ahead = "beyond" if since is not None else "within reach of"
    return Virality(
        viral=since is not None,
        since=since,
        explanation=(
            f"{score.weighted:,.0f} weighted interactions after {say_age(score.age_hours)} are "
            f"{ahead} what such posts usually have by then ({score.usual_low:,.0f} to "
            f"{score.usual_high:,.0f})."
        ),
    )
