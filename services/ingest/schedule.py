"""When posts are looked at again: often while they are young, sooner while they grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from schemas import COUNTERS, Counters, Post

JITTER = 0.1
_SCHEDULE = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(hours=24), timedelta(hours=2)),
    (timedelta(days=7), timedelta(hours=12)),
    (timedelta(days=30), timedelta(days=3)),
)
_LONGEST = _SCHEDULE[-1][1]


def interval(age: timedelta, unchanged: int, growth: float) -> timedelta | None:
    """Return how long to wait for the next look; ``None`` after 30 days: then it stops.

    ``growth`` is the last look's share of new engagement: over 0.1 the wait is halved. Each three
    looks in a row without change double it, up to 3 days.
    """
    for until, base in _SCHEDULE:
        if age < until:
            if growth > 0.1:
                return base / 2
            doublings: int = min(unchanged // 3, 8)
            return min(_LONGEST, base * (1 << doublings))
    return None


def growth(before: Counters | None, after: Counters) -> float:
    """Return the largest growth of a counter, 0.1 being 10 %; from nothing, the count itself."""
    if before is None:
        return 0.0
    return max(
        (
            (new - old) / max(old, 1)
            for name in COUNTERS
            if (old := getattr(before, name)) is not None
            and (new := getattr(after, name)) is not None
        ),
        default=0.0,
    )


def first_look(platforms: frozenset[str], random: Random) -> Callable[[Post], datetime | None]:
    """Return what tells when to look at a new post for the first time."""

    def at(post: Post) -> datetime | None:
        if post.platform not in platforms:
            return None
        wait = interval(max(post.observed_at - post.created_at, timedelta(0)), 0, 0.0)
        return None if wait is None else post.observed_at + jittered(wait, random)

    return at


def jittered(wait: timedelta, random: Random) -> timedelta:
    """Return a wait up to 10 % shorter or longer, so that looks do not bunch."""
    return wait * random.uniform(1 - JITTER, 1 + JITTER)
