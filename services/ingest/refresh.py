"""Asks platforms again for tracked posts: fresh counters, and posts that are no longer there.

A post that was not given is asked for again; missing twice, at least 15 min apart, it is removed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import structlog

from schemas import (
    COUNTERS,
    Counters,
    EngagementSnapshot,
    Post,
    Removal,
    RemovalReason,
    TrackedPost,
)
from services.common.clock import Clock
from services.common.errors import Fatal, Retryable
from services.common.logging import frames_of

from .metrics import LOOKS
from .observations import Look, Observation
from .pipeline import Pipeline
from .tracked import TrackedPosts

log = structlog.get_logger(__name__)

CONFIRM_AFTER = timedelta(minutes=15)
JITTER = 0.1
_SCHEDULE = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(hours=24), timedelta(hours=2)),
    (timedelta(days=7), timedelta(hours=12)),
    (timedelta(days=30), timedelta(days=3)),
)
_LONGEST = _SCHEDULE[-1][1]
_IDLE_SECONDS, _PAUSE_SECONDS = 1.0, 30.0


class Counts(Protocol):
    """Asks one platform for posts' counters."""

    platform: str
    most: int
    """How many posts one call may ask for."""

    async def ask(self, posts: Sequence[TrackedPost]) -> Mapping[str, Counters]:
        """Return counters by post id; a post that was not given is left out.

        Raises ``Retryable`` where the platform does not answer.
        """
        ...


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


def look_at(
    row: TrackedPost, counters: Counters | None, now: datetime, random: Random
) -> list[Observation]:
    """Return what one look tells: the counters, or that the post is missing or gone."""
    if counters is None:
        return _missed(row, now, random)
    grown = growth(row.counters, counters)
    unchanged = row.unchanged_looks + 1 if row.counters == counters else 0
    wait = interval(now - row.created_at, unchanged, grown)
    snapshot = EngagementSnapshot(
        post_id=row.post_id,
        platform=row.platform,
        observed_at=now,
        method="poll",
        **counters.model_dump(),
    )
    look = Look(
        post_id=row.post_id,
        looked_at=now,
        next_look_at=None if wait is None else now + jittered(wait, random),
        unchanged_looks=unchanged,
        missing_looks=0,
        counters=counters,
    )
    return [Observation(snapshot), Observation(look)]


def _missed(row: TrackedPost, now: datetime, random: Random) -> list[Observation]:
    first = row.missing_looks == 0 or row.looked_at is None
    if not first and row.looked_at is not None and now - row.looked_at >= CONFIRM_AFTER:
        removal = Removal(
            post_id=row.post_id,
            reason=RemovalReason.MISSING_ON_REFRESH,
            effective_at=row.looked_at,
            observed_at=now,
        )
        return [Observation(removal)]
    look = Look(
        post_id=row.post_id,
        looked_at=now if first or row.looked_at is None else row.looked_at,
        next_look_at=now + CONFIRM_AFTER * random.uniform(1, 1 + JITTER),
        unchanged_looks=row.unchanged_looks,
        missing_looks=1,
        counters=None,
    )
    return [Observation(look)]


async def refresh(
    counts: Counts,
    tracked: TrackedPosts,
    pipeline: Pipeline,
    clock: Clock,
    random: Random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Look at a platform's posts when they are due, until cancelled."""
    while True:
        rows = tracked.due(counts.platform, clock.now(), counts.most)
        if not rows:
            await sleep(_IDLE_SECONDS)
            continue
        try:
            shown = await counts.ask(rows)
        except Fatal:
            raise
        except Exception as error:  # a fault of one platform touches no other
            tracked.put_back(rows)
            await sleep(_wait_after(error, counts.platform))
            continue
        now = clock.now()
        observations: list[Observation] = []
        for row in rows:
            counters = shown.get(row.post_id)
            LOOKS.labels(counts.platform, "missing" if counters is None else "counters").inc()
            observations += look_at(row, counters, now, random)
        await pipeline.handle(counts.platform, observations)


def _wait_after(error: Exception, platform: str) -> float:
    if isinstance(error, Retryable):
        wait = _PAUSE_SECONDS if error.retry_after is None else error.retry_after
        log.warning("refresh_waits", platform=platform, why=str(error), seconds=wait)
        return wait
    frames = frames_of(error)
    log.error("refresh_failed", platform=platform, error=type(error).__name__, frames=frames)
    return _PAUSE_SECONDS
