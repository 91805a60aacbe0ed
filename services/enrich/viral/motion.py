"""Motion: how a post's engagement moves, folded from its snapshots, one after the other.

Counters are kept as high-water marks, growth as a moving average; a repeat changes nothing, what
comes late only raises marks, what comes from the future is refused. Pure: state in, state out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from schemas import COUNTERS, Counters, Utc

from ..engagement import age_bucket, weigh
from .status import Standing

FINISHED_HOURS: Final = 48.0
"""Age at which a post is finished: what it has by then is its final engagement."""
FUTURE: Final = timedelta(minutes=5)
"""How far ahead of our time a snapshot may be: clocks differ."""
GROWTH_HALF_LIFE_HOURS: Final = 0.75
REVIVAL_FACTOR: Final = 5.0
"""An old post begins anew when it grows so many times faster than in its last 24 h ..."""
REVIVAL_GAIN: Final = 50.0
"""... and has gained so much since the last look."""
PURGED_BELOW: Final = 0.8
"""A counter below this share of its mark, twice in a row, was purged by its platform."""
MILLI: Final = 1000
"""Logs are kept in thousandths: whole numbers add up to the same in every order."""

Looks = tuple[tuple[int, int, int], ...]

_DAY_HOURS: Final = 24.0
_SHORTEST_HOURS: Final = 1 / 60
_DECIMALS: Final = 4


@dataclass(slots=True, kw_only=True)
class Motion:
    """How one post moves. ``layout`` grows when a new release cannot read an old one as it is.

    A part of its post's row, and no model: each look makes another one, and copies of models took
    a quarter of its time. Nobody changes one that was handed on.

    ``born_at``: where its age begins; the first look if nobody says when it was posted.
    ``seen_at``: the last look. ``marks``: the highest counters; ``low``: those that were far below
    their mark at the last look. ``weighted``: engagement by the marks. ``growth``: engagement an
    hour, with its ``peak`` and its average over a day. ``regime``: how often the post began anew
    when it was old, last at ``revived_at``. ``corrected_at``: when marks were last lowered after a
    purge. ``looks``: the first look in each age bucket, as (bucket, log1p of engagement, log1p of
    growth) in thousandths. ``final``: log1p of engagement at the last look before it was finished,
    in thousandths.
    """

    layout: int = 1
    born_at: Utc
    seen_at: Utc
    marks: Counters
    low: tuple[str, ...] = ()
    weighted: float
    growth: float
    peak: float
    day_growth: float
    regime: int = 0
    revived_at: Utc | None = None
    corrected_at: Utc | None = None
    looks: Looks = ()
    final: int = 0
    standing: Standing = field(default_factory=Standing)

    @property
    def age_hours(self) -> float:
        """Age at the last look, in hours; an old post that began anew is young again."""
        return hours_between(self.revived_at or self.born_at, self.seen_at)


def begin(counters: Counters, at: datetime, platform: str, created_at: datetime | None) -> Motion:
    """Return the motion of a post at its first look; ``created_at`` where it is known."""
    born_at = at if created_at is None else min(created_at, at)
    span = hours_between(born_at, at)
    weighted = weigh(counters, platform)
    growth = 0.0
    if created_at is not None:
        growth = round(weighted / max(span, _SHORTEST_HOURS), _DECIMALS)
    looks, final = _look((), 0, span, weighted, growth)
    return Motion(
        born_at=born_at,
        seen_at=at,
        marks=counters,
        weighted=weighted,
        growth=growth,
        peak=growth,
        day_growth=growth,
        looks=looks,
        final=final,
    )


def is_from_future(at: datetime, now: datetime | None) -> bool:
    """Whether a snapshot claims an instant that has not come; ``None``: we do not know the time."""
    return now is not None and at > now + FUTURE


def move(
    motion: Motion, counters: Counters, at: datetime, platform: str, *, lower_bound: bool = False
) -> Motion:
    """Fold one look. A counter that is a lower bound may be low without any purge."""
    if at <= motion.seen_at:
        return _raise_marks(motion, counters, at, platform)
    marks, low, purged = _judge_marks(motion, counters, lower_bound)
    weighted = weigh(marks, platform)
    gain = max(0.0, weighted - motion.weighted)
    span = hours_between(motion.seen_at, at)
    rate = gain / max(span, _SHORTEST_HOURS)
    growth = _average(motion.growth, rate, span, GROWTH_HALF_LIFE_HOURS)
    moved = Motion(
        layout=motion.layout,
        born_at=motion.born_at,
        seen_at=at,
        marks=marks,
        low=low,
        weighted=weighted,
        growth=growth,
        peak=max(motion.peak, growth),
        day_growth=_average(motion.day_growth, growth, span, _DAY_HOURS),
        regime=motion.regime,
        revived_at=motion.revived_at,
        corrected_at=at if purged else motion.corrected_at,
        looks=motion.looks,
        final=motion.final,
        standing=motion.standing,
    )
    age = moved.age_hours
    if age >= FINISHED_HOURS:
        if growth > REVIVAL_FACTOR * motion.day_growth and gain >= REVIVAL_GAIN:
            moved.regime, moved.revived_at, moved.peak = motion.regime + 1, at, growth
    elif motion.regime == 0:
        moved.looks, moved.final = _look(motion.looks, motion.final, age, weighted, growth)
    return moved


def _raise_marks(motion: Motion, counters: Counters, at: datetime, platform: str) -> Motion:
    """Take what comes late or twice; what was counted before a purge says nothing any more."""
    if motion.corrected_at is not None and at <= motion.corrected_at:
        return motion
    marks, _, _ = _judge_marks(motion, counters, lower_bound=True)
    if marks is motion.marks:
        return motion
    return replace(motion, marks=marks, weighted=weigh(marks, platform))


def _judge_marks(
    motion: Motion, counters: Counters, lower_bound: bool
) -> tuple[Counters, tuple[str, ...], bool]:
    """Return the new marks, which counters are far below theirs, and whether any was purged.

    Marks are the same object where they stay the same.
    """
    marks: dict[str, int | None] = {}
    low = []
    changed = purged = False
    for name in COUNTERS:
        mark, count = getattr(motion.marks, name), getattr(counters, name)
        if count is None:
            if name in motion.low:
                low.append(name)
        elif mark is None or count > mark:
            mark, changed = count, True
        elif count < PURGED_BELOW * mark and not lower_bound:
            if name in motion.low:
                mark, changed, purged = count, True, True
            else:
                low.append(name)
        marks[name] = mark
    return (
        Counters(**marks) if changed else motion.marks,
        motion.low if lower_bound else tuple(low),
        purged,
    )


def _look(
    looks: Looks, final: int, age: float, weighted: float, growth: float
) -> tuple[Looks, int]:
    """Keep the first look in a bucket, and what engagement had come to by the last."""
    if age >= FINISHED_HOURS:
        return looks, final
    bucket = age_bucket(age)
    weighted_milli = round(MILLI * math.log1p(weighted))
    if not looks or looks[-1][0] < bucket:
        looks = (*looks, (bucket, weighted_milli, round(MILLI * math.log1p(growth))))
    return looks, weighted_milli


def _average(average: float, value: float, hours: float, half_life: float) -> float:
    moved = average + (1.0 - math.exp2(-hours / half_life)) * (value - average)
    return round(moved, _DECIMALS)


def hours_between(since: datetime, until: datetime) -> float:
    """Return hours, never below 0: clocks differ."""
    hours = (until - since).total_seconds() / 3600
    return hours if hours > 0 else 0.0
