"""Ingest as a sentence: what a connector observed is decided, tracked and published, in this order.

A post's row stands in ``ingest.tracked`` before the post is in ``posts.raw``, and goes only after
its removal is there; so whatever is interrupted is found again when the source is read again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from schemas import Post, TrackedPost
from services.common.clock import Clock
from services.common.errors import PassaparolaError, Poison
from services.common.guard import DeadLetterLimit
from services.common.logging import frames_of
from services.common.records import Record

from .decisions import Decider, Decision, Matches, never
from .letters import dead_letter
from .metrics import OBSERVATIONS
from .observations import Fact, Fate, Observation, Outcome, Unreadable
from .rows import row_record
from .ticks import Ticker
from .tracked import TrackedPosts
from .writes import Writes

log = structlog.get_logger(__name__)


class Written(Protocol):
    """Where the broker put a record."""

    @property
    def partition(self) -> int:
        """Number of the partition."""
        ...

    @property
    def offset(self) -> int:
        """Its place there; -1 where the broker had it already and does not say where."""
        ...


class Publishes(Protocol):
    """Publishes records and returns where they are; see ``services.common.publisher``."""

    async def publish(self, records: Sequence[Record]) -> Sequence[Written]:
        """Write records in order; raise ``Poison`` or ``Fatal``."""
        ...


class Pipeline:
    """Handles observations in batches, one batch at a time, in order.

    ``stamps``: live, a post is observed when it is handled here, so that no tick can overtake it;
    a replay's posts keep their times. ``first_look``: when to ask for a new post again.
    """

    def __init__(
        self,
        publisher: Publishes,
        register: Matches,
        tracked: TrackedPosts,
        clock: Clock,
        limit: DeadLetterLimit,
        *,
        ticker: Ticker | None = None,
        stamps: bool = True,
        first_look: Callable[[Post], datetime | None] = never,
    ) -> None:
        self._publisher = publisher
        self._tracked = tracked
        self._clock = clock
        self._limit = limit
        self._stamps = stamps
        self._decider = Decider(register, tracked, ticker, stamps, first_look)
        self._one_at_a_time = asyncio.Lock()
        self._busy_since: float | None = None

    @property
    def busy_seconds(self) -> float:
        """For how long the batch in hand has been in hand; 0 while there is none."""
        return 0.0 if self._busy_since is None else time.monotonic() - self._busy_since

    async def handle(self, connector: str, observations: Sequence[Observation]) -> list[Outcome]:
        """Match, track and publish; return the fates once the broker has everything.

        Raises ``Fatal`` if Kafka stays away or too much cannot be read; no cursor may be written
        then.
        """
        async with self._one_at_a_time:
            self._busy_since = time.monotonic()
            try:
                return await self._handle(f"/ingest/{connector}", connector, observations)
            finally:
                self._busy_since = None

    async def tick(self) -> None:
        """Say what time it is, behind everything that was handled up to now."""
        async with self._one_at_a_time:
            writes = Writes(self._tracked)
            writes.add(0, await self._decider.tick(self._clock.now(), writes))
            await self._write(writes)

    async def _handle(
        self, source: str, connector: str, observations: Sequence[Observation]
    ) -> list[Outcome]:
        now = self._clock.now()
        outcomes: list[Outcome] = []
        refused: dict[int, Poison] = {}
        writes = Writes(self._tracked)
        for index, observation in enumerate(observations):
            if writes.must_stand_before(observation.fact):
                refused |= await self._write(writes)
                writes = Writes(self._tracked)
            try:
                decision = await self._decider.decide(observation.fact, writes, now, source)
            except Exception as error:
                poison = _as_poison(error)
                letter = dead_letter(observation, poison, source)
                decision = Decision(Outcome(Fate.DEAD_LETTER, poison.reason), [letter])
            outcomes.append(decision.outcome)
            writes.add(index, decision.records)
        refused |= await self._write(writes)
        for index, refusal in refused.items():
            await self._publisher.publish([dead_letter(observations[index], refusal, source)])
            outcomes[index] = Outcome(Fate.DEAD_LETTER, refusal.reason)
        for observation, outcome in zip(observations, outcomes, strict=True):
            OBSERVATIONS.labels(connector, outcome.fate).inc()
            author = _author_of(observation.fact) if self._stamps else None
            self._limit.count(outcome.fate is Fate.DEAD_LETTER, author)
        return outcomes

    async def _write(self, writes: Writes) -> dict[int, Poison]:
        """Publish what was decided; return what the broker refused, by observation."""
        await self._write_rows(writes.before)
        refused: dict[int, Poison] = {}
        try:
            if writes.facts:
                await self._publisher.publish([record for _, record in writes.facts])
        except Poison:
            # Of a call with a refused record nothing may be relied on: once more, one by one.
            for index, record in writes.facts:
                try:
                    await self._publisher.publish([record])
                except Poison as error:
                    refused[index] = error
        await self._write_rows(writes.after)
        return refused

    async def _write_rows(self, rows: Mapping[str, TrackedPost | None]) -> None:
        now = self._clock.now()
        records = [row_record(post_id, row, now) for post_id, row in rows.items()]
        if not records:
            return
        written = await self._publisher.publish(records)
        for (post_id, row), where in zip(rows.items(), written, strict=True):
            self._tracked.wrote(post_id, row, where.partition, where.offset)


def _as_poison(error: Exception) -> Poison:
    """Return why an input cannot be handled; a fault of ours parks it too and holds up nothing."""
    if isinstance(error, Poison):
        return error
    if isinstance(error, PassaparolaError):
        raise error
    log.error("observation_failed", error=type(error).__name__, frames=frames_of(error))
    return Poison("unexpected", type(error).__name__)


def _author_of(fact: Fact) -> str | None:
    """Return who wrote what was observed, if anybody did."""
    match fact:
        case Post(author=author) if author is not None:
            return author.native_id
        case Unreadable():
            return fact.author_id
        case _:
            return None
