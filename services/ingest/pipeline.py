"""Ingest as a sentence: what a connector observed is matched, tracked and published, in this order.

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

from schemas import (
    EngagementSnapshot,
    Gap,
    Post,
    Removal,
    RemovalScope,
    TrackedPost,
    stable_id,
)
from schemas import cloudevents as ce
from schemas.post import MAX_TEXT_CHARS
from schemas.topics import ENGAGEMENT, GAPS, POSTS_RAW
from services.common.clock import Clock
from services.common.errors import PassaparolaError, Poison
from services.common.guard import DeadLetterLimit
from services.common.logging import frames_of
from services.common.publisher import check_size
from services.common.records import Record, event_record

from .cleaning import check_post, check_removal, check_snapshot, clean_post
from .letters import dead_letter
from .matching import Matcher
from .metrics import OBSERVATIONS
from .observations import (
    AccountRemoval,
    Fact,
    Fate,
    Look,
    Observation,
    Outcome,
    Tally,
    Tick,
    Unreadable,
)
from .rows import looked_row, new_row, newer_row, row_record
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


class Matches(Protocol):
    """Serves the matcher of the museums known now."""

    @property
    def current(self) -> Matcher:
        """The matcher to use now."""
        ...


def never(post: Post) -> datetime | None:
    """Ask for no post again."""
    return None


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
        self._register = register
        self._tracked = tracked
        self._clock = clock
        self._limit = limit
        self._ticker = ticker
        self._stamps = stamps
        self._first_look = first_look
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
            await self._take_tick(0, Tick(self._clock.now()), writes)
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
                outcomes.append(await self._take(index, observation.fact, writes, now, source))
            except Exception as error:
                poison = _as_poison(error)
                outcomes.append(Outcome(Fate.DEAD_LETTER, poison.reason))
                writes.facts.append((index, dead_letter(observation, poison, source)))
        refused |= await self._write(writes)
        for index, refusal in refused.items():
            await self._publisher.publish([dead_letter(observations[index], refusal, source)])
            outcomes[index] = Outcome(Fate.DEAD_LETTER, refusal.reason)
        for observation, outcome in zip(observations, outcomes, strict=True):
            OBSERVATIONS.labels(connector, outcome.fate).inc()
            author = _author_of(observation.fact) if self._stamps else None
            self._limit.count(outcome.fate is Fate.DEAD_LETTER, author)
        return outcomes

    async def _take(
        self, index: int, fact: Fact, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        match fact:
            case Post():
                return self._take_post(index, fact, writes, now, source)
            case EngagementSnapshot():
                return self._take_snapshot(index, fact, writes, now, source)
            case Removal():
                return self._take_removal(index, fact, writes, now, source)
            case AccountRemoval():
                return self._take_account(index, fact, writes, now, source)
            case Look():
                return self._take_look(fact, writes)
            case Tally():
                return self._take_tally(index, fact, writes, now, source)
            case Gap():
                record = event_record(GAPS, ce.GAP, source, fact.key, fact, fact.to_at)
                writes.facts.append((index, record))
                return Outcome(Fate.NOTED)
            case Tick():
                await self._take_tick(index, fact, writes)
                return Outcome(Fate.NOTED)
            case Unreadable():
                raise Poison(fact.reason, fact.message)

    def _take_post(
        self, index: int, post: Post, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        changes = clean_post(post)
        if self._stamps:
            changes["observed_at"] = now
        post = post.model_copy(update=changes)
        matches = self._register.current.match(post)
        row = writes.row(post.post_id)
        if not matches and row is None:
            return Outcome(Fate.UNMATCHED)
        if row is not None and post.version < row.version:
            # Behind the newer one it would have the last word under its key.
            return Outcome(Fate.UNTRACKED, "superseded")
        check_post(post, now)
        if len(post.text) > MAX_TEXT_CHARS:
            raise Poison("too_long", f"text of {len(post.text)} characters")
        post = post.model_copy(update={"matches": matches})
        try:
            record = event_record(
                POSTS_RAW,
                ce.POST,
                source,
                post.post_id,
                post,
                post.observed_at,
                traceparent=_trace(post),
            )
        except ValueError as error:
            raise Poison("not_utf8", "a string that UTF-8 cannot carry") from error
        check_size(record)
        writes.keep(self._row(post, row, now), row)
        writes.facts.append((index, record))
        return Outcome(Fate.PUBLISHED if matches else Fate.RELEASED, museum_ids=post.museum_ids)

    def _row(self, post: Post, row: TrackedPost | None, now: datetime) -> TrackedPost:
        if row is None:
            return new_row(post, now, self._first_look(post))
        return newer_row(row, post, now)

    def _take_snapshot(
        self, index: int, snapshot: EngagementSnapshot, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        if self._stamps:
            snapshot = snapshot.model_copy(update={"observed_at": now})
        if writes.row(snapshot.post_id) is None:
            return Outcome(Fate.UNTRACKED)
        check_snapshot(snapshot, now)
        record = event_record(
            ENGAGEMENT, ce.ENGAGEMENT, source, snapshot.post_id, snapshot, snapshot.observed_at
        )
        writes.facts.append((index, record))
        return Outcome(Fate.COUNTED)

    def _take_removal(
        self, index: int, removal: Removal, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        check_removal(removal)
        if removal.observed_at > now:  # enrich refuses what is far ahead, and this must go through
            removal = removal.model_copy(update={"observed_at": now})
        row = writes.row(removal.post_id)
        if row is None:
            return Outcome(Fate.UNTRACKED)
        if removal.version is not None and removal.version < row.version:
            # A null here would take away in the compacted topic what came after it.
            return Outcome(Fate.UNTRACKED, "superseded")
        headers = ce.removal_headers(removal, source)
        writes.facts.append((index, Record(POSTS_RAW, removal.post_id, None, headers)))
        writes.after[removal.post_id] = None
        return Outcome(Fate.REMOVED, museum_ids=row.museum_ids)

    def _take_account(
        self, index: int, account: AccountRemoval, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        post_ids = self._tracked.of_author(account.platform, account.author_id)
        for post_id in post_ids:
            removal = Removal(
                post_id=post_id,
                scope=RemovalScope.ACCOUNT,
                reason=account.reason,
                effective_at=account.effective_at,
                observed_at=account.observed_at,
            )
            self._take_removal(index, removal, writes, now, source)
        return Outcome(Fate.REMOVED if post_ids else Fate.UNTRACKED)

    def _take_look(self, look: Look, writes: Writes) -> Outcome:
        row = writes.row(look.post_id)
        if row is None:
            return Outcome(Fate.UNTRACKED)
        writes.after[look.post_id] = looked_row(row, look)
        return Outcome(Fate.NOTED)

    def _take_tally(
        self, index: int, tally: Tally, writes: Writes, now: datetime, source: str
    ) -> Outcome:
        row = writes.row(tally.post_id)
        if row is None or row.looked_at != tally.looked_at:
            return Outcome(Fate.UNTRACKED, "superseded")
        if tally.look_at and row.next_look_at and tally.look_at < row.next_look_at:
            writes.after[row.post_id] = row.model_copy(update={"next_look_at": tally.look_at})
        if tally.snapshot is None:
            return Outcome(Fate.NOTED)
        return self._take_snapshot(index, tally.snapshot, writes, now, source)

    async def _take_tick(self, index: int, tick: Tick, writes: Writes) -> None:
        if self._ticker is not None:
            writes.facts += [(index, record) for record in await self._ticker.records(tick.at)]
        for post_id in self._tracked.expired(tick.at):
            writes.after[post_id] = None

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


def _trace(post: Post) -> str:
    # Deterministic, so that a repeat is identical.
    trace = stable_id("trace", post.post_id, post.version).hex
    return f"00-{trace}-{stable_id('span', trace).hex[:16]}-01"
