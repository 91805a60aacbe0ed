"""One snapshot through everything: how the post moves, what it will come to, what it is called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from schemas import EngagementSnapshot

from .forecast import Forecast, Outlook, forecast
from .motion import Motion, begin, hours_between, is_from_future, move
from .status import judge


def fold(
    motion: Motion | None,
    snapshot: EngagementSnapshot,
    created_at: datetime | None,
    outlook: Callable[[str, date], Outlook],
    now: datetime | None,
) -> tuple[Motion | None, Forecast | None]:
    """Fold a snapshot into a post's motion and forecast the post as it then stands.

    ``outlook`` says what a platform teaches on a day, ``now`` is our time, if known: a snapshot
    from the future changes nothing. A repeat gives the same state and the same forecast.
    """
    at, platform = snapshot.observed_at, snapshot.platform
    if is_from_future(at, now):
        return motion, None if motion is None else _foresee(motion, platform, outlook)
    if motion is None:
        moved = begin(snapshot.counters, at, platform, created_at)
        measured_since = moved.born_at
    else:
        moved = move(motion, snapshot, at, platform, lower_bound=snapshot.is_lower_bound)
        measured_since = motion.seen_at
    seen = _foresee(moved, platform, outlook)
    if motion is not None and at <= motion.seen_at:
        return moved, seen
    moved.standing = judge(
        moved.standing,
        probability=seen.probability,
        weighted=moved.weighted,
        growth=moved.growth,
        peak=moved.peak,
        span_hours=hours_between(measured_since, at),
        regime=moved.regime,
        at=at,
    )
    return moved, seen


def _foresee(motion: Motion, platform: str, outlook: Callable[[str, date], Outlook]) -> Forecast:
    return forecast(motion, outlook(platform, motion.seen_at.date()))
