"""Asks platforms again for tracked posts: fresh counters, and posts that are no longer there.

A post that was not given is asked for again; missing twice, at least 15 min apart, it is removed.
One that the platform refuses to be asked for is put off and keeps none of the others waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

import structlog

from schemas import (
    Counters,
    EngagementSnapshot,
    Removal,
    RemovalReason,
    TrackedPost,
)
from services.common.clock import Clock
from services.common.errors import Fatal, Poison, Retryable
from services.common.health import Health
from services.common.logging import frames_of

from .metrics import LOOKS
from .observations import Look, Observation
from .pipeline import Pipeline
from .schedule import JITTER, growth, interval, jittered
from .tracked import TrackedPosts

log = structlog.get_logger(__name__)

CONFIRM_AFTER = timedelta(minutes=15)
_IDLE_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 600.0


class Counts(Protocol):
    """Asks one platform for posts' counters."""

    platform: str
    most: int
    """How many posts one call may ask for."""

    async def ask(self, posts: Sequence[TrackedPost]) -> Mapping[str, Counters]:
        """Return counters by post id; a post that was not given is left out.

        Raises ``Retryable`` where the platform does not answer, ``Poison`` where it never will for
        these posts together.
        """
        ...


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


def _put_off(row: TrackedPost, now: datetime, random: Random) -> Observation:
    """Ask for a post again when one without any change would be."""
    unchanged = row.unchanged_looks + 1
    wait = interval(now - row.created_at, unchanged, 0.0)
    return Observation(
        Look(
            post_id=row.post_id,
            looked_at=row.looked_at,
            next_look_at=None if wait is None else now + jittered(wait, random),
            unchanged_looks=unchanged,
            missing_looks=row.missing_looks,
            counters=None,
        )
    )


async def _ask(
    counts: Counts, rows: Sequence[TrackedPost]
) -> tuple[dict[str, Counters], frozenset[str]]:
    """Return counters by post id, and the ids of the posts that are refused even alone."""
    try:
        return dict(await counts.ask(rows)), frozenset()
    except Poison:
        if len(rows) == 1:
            return {}, frozenset({rows[0].post_id})
    half = len(rows) // 2
    shown, refused = await _ask(counts, rows[:half])
    more, others = await _ask(counts, rows[half:])
    return shown | more, refused | others


async def refresh(
    counts: Counts,
    tracked: TrackedPosts,
    pipeline: Pipeline,
    health: Health,
    clock: Clock,
    random: Random,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Look at a platform's posts when they are due, until cancelled.

    That it cannot is shown in ``/readyz``.
    """
    part = f"{counts.platform} counters"
    failures = 0
    while True:
        rows = tracked.due(counts.platform, clock.now(), counts.most)
        if not rows:
            await sleep(_IDLE_SECONDS)
            continue
        try:
            shown, refused = await _ask(counts, rows)
        except Fatal:
            raise
        except Exception as error:  # a fault of one platform touches no other
            tracked.put_back(rows)
            wait = _wait_after(error, failures, counts.platform, random)
            failures += 1
            health.note(part, f"asking failed {failures} times, trying again")
            await sleep(wait)
            continue
        failures = 0
        health.note(part, None)
        now = clock.now()
        observations: list[Observation] = []
        for row in rows:
            if row.post_id in refused:
                LOOKS.labels(counts.platform, "refused").inc()
                observations.append(_put_off(row, now, random))
                continue
            counters = shown.get(row.post_id)
            LOOKS.labels(counts.platform, "missing" if counters is None else "counters").inc()
            observations += look_at(row, counters, now, random)
        await pipeline.handle(counts.platform, observations)


def _wait_after(error: Exception, failures: int, platform: str, random: Random) -> float:
    """Return seconds to wait after an error that others went before: 15 s to 10 min."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures, 10))
    wait = random.uniform(longest / 2, longest)
    if isinstance(error, Retryable):
        wait = max(wait, error.retry_after or 0.0)
        log.warning("refresh_waits", platform=platform, why=str(error), seconds=round(wait, 1))
    else:
        frames = frames_of(error)
        log.error("refresh_failed", platform=platform, error=type(error).__name__, frames=frames)
    return wait
