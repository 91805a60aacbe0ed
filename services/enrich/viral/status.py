"""Status: whether a post is called viral, with hysteresis, so that it neither flickers nor nags.

A post is called once; a second time only after a day and when it began anew. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from schemas import Utc

LIKELY: Final = 0.6
"""Probability that must hold over two looks ..."""
SURE: Final = 0.9
"""... or be reached once."""
UNLIKELY: Final = 0.3
LEAST_ENGAGEMENT: Final = 30.0
LEAST_GAP: Final = timedelta(minutes=10)
"""Two looks closer than this are one burst, not two witnesses."""
LONG_SPAN_HOURS: Final = 0.75
"""A look that measured growth over its whole half-life is witness enough alone."""
SLOW_SHARE: Final = 0.1
SLOW_FOR: Final = timedelta(hours=3)
CALL_AGAIN_AFTER: Final = timedelta(hours=24)

Status = Literal["off", "viral", "fading"]


@dataclass(slots=True)
class Standing:
    """What a post is called, and why. ``likely_since``: the first of the looks in a row at which
    it was likely; ``slow_since``: since when it grows at less than a tenth of its peak.

    ``since``: when its status began. ``called_at`` and ``called_regime``: when it was last called
    viral, and how often it had begun anew by then; ``calls`` numbers the alerts.
    """

    status: Status = "off"
    since: Utc | None = None
    probability: float = 0.0
    likely_since: Utc | None = None
    slow_since: Utc | None = None
    calls: int = 0
    called_at: Utc | None = None
    called_regime: int = 0


def judge(
    standing: Standing,
    *,
    probability: float,
    weighted: float,
    growth: float,
    peak: float,
    span_hours: float,
    regime: int,
    at: datetime,
) -> Standing:
    """Return what a post is called after one more look at it."""
    likely = weighted >= LEAST_ENGAGEMENT and probability >= LIKELY
    slow = growth < SLOW_SHARE * peak
    likely_since = (standing.likely_since or at) if likely else None
    slow_since = (standing.slow_since or at) if slow else None
    judged = Standing(
        status=standing.status,
        since=standing.since,
        probability=round(probability, 6),
        likely_since=likely_since,
        slow_since=slow_since,
        calls=standing.calls,
        called_at=standing.called_at,
        called_regime=standing.called_regime,
    )
    confirmed = likely_since is not None and (
        probability >= SURE or at - likely_since >= LEAST_GAP or span_hours >= LONG_SPAN_HOURS
    )
    if confirmed and _may_call(standing, regime, at):
        judged.calls, judged.called_at, judged.called_regime = standing.calls + 1, at, regime
        if standing.status != "viral":
            judged.status, judged.since = "viral", at
    elif standing.status == "viral":
        if probability < UNLIKELY or (slow_since is not None and at - slow_since >= SLOW_FOR):
            judged.status, judged.since = "fading", at
    elif standing.status == "fading" and confirmed and not slow:
        judged.status, judged.since = "viral", at
    return judged


def _may_call(standing: Standing, regime: int, at: datetime) -> bool:
    if standing.called_at is None:
        return True
    return regime > standing.called_regime and at - standing.called_at >= CALL_AGAIN_AFTER
