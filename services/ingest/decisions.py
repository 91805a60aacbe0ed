"""What each kind of fact leads to: its records, the rows before and behind them, and its fate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

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
from services.common.errors import Poison
from services.common.publisher import check_size
from services.common.records import Record, event_record

from .cleaning import check_post, check_removal, check_snapshot, clean_post
from .matching import Matcher
from .observations import AccountRemoval, Fact, Fate, Look, Outcome, Tally, Tick, Unreadable
from .rows import looked_row, new_row, newer_row
from .ticks import Ticker
from .tracked import TrackedPosts
from .writes import Writes


class Matches(Protocol):
    """Serves the matcher of the museums known now."""

    @property
    def current(self) -> Matcher:
        """The matcher to use now."""
        ...


def never(post: Post) -> datetime | None:
    """Ask for no post again."""
    return None


class Decision(NamedTuple):
    """What becomes of a fact, and the records that tell of it."""

    outcome: Outcome
    records: Sequence[Record] = ()


_UNTRACKED = Decision(Outcome(Fate.UNTRACKED))
_SUPERSEDED = Decision(Outcome(Fate.UNTRACKED, "superseded"))


class Decider:
    """Decides fact by fact, in their order; rows go into what the batch will write.

    ``stamps`` and ``first_look``: see ``Pipeline``.
    """

    def __init__(
        self,
        register: Matches,
        tracked: TrackedPosts,
        ticker: Ticker | None,
        stamps: bool,
        first_look: Callable[[Post], datetime | None],
    ) -> None:
        self._register = register
        self._tracked = tracked
        self._ticker = ticker
        self._stamps = stamps
        self._first_look = first_look

    async def decide(self, fact: Fact, writes: Writes, now: datetime, source: str) -> Decision:
        """Return what a fact from some ``source`` leads to; raise ``Poison`` if it cannot be."""
        match fact:
            case Post():
                return self._post(fact, writes, now, source)
            case EngagementSnapshot():
                return self._snapshot(fact, writes, now, source)
            case Removal():
                return self._removal(fact, writes, now, source)
            case AccountRemoval():
                return self._account(fact, writes, now, source)
            case Look():
                return self._look(fact, writes)
            case Tally():
                return self._tally(fact, writes, now, source)
            case Gap():
                record = event_record(GAPS, ce.GAP, source, fact.key, fact, fact.to_at)
                return Decision(Outcome(Fate.NOTED), [record])
            case Tick():
                return Decision(Outcome(Fate.NOTED), await self.tick(fact.at, writes))
            case Unreadable():
                raise Poison(fact.reason, fact.message)

    def _post(self, post: Post, writes: Writes, now: datetime, source: str) -> Decision:
        changes = clean_post(post)
        if self._stamps:
            changes["observed_at"] = now
        post = post.model_copy(update=changes)
        matches = self._register.current.match(post)
        row = writes.row(post.post_id)
        if not matches and row is None:
            return Decision(Outcome(Fate.UNMATCHED))
        if row is not None and post.version < row.version:
            # Behind the newer one it would have the last word under its key.
            return _SUPERSEDED
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
        fate = Fate.PUBLISHED if matches else Fate.RELEASED
        return Decision(Outcome(fate, museum_ids=post.museum_ids), [record])

    def _row(self, post: Post, row: TrackedPost | None, now: datetime) -> TrackedPost:
        if row is None:
            return new_row(post, now, self._first_look(post))
        return newer_row(row, post, now)

    def _snapshot(
        self, snapshot: EngagementSnapshot, writes: Writes, now: datetime, source: str
    ) -> Decision:
        if self._stamps:
            snapshot = snapshot.model_copy(update={"observed_at": now})
        if writes.row(snapshot.post_id) is None:
            return _UNTRACKED
        check_snapshot(snapshot, now)
        record = event_record(
            ENGAGEMENT, ce.ENGAGEMENT, source, snapshot.post_id, snapshot, snapshot.observed_at
        )
        return Decision(Outcome(Fate.COUNTED), [record])

    def _removal(self, removal: Removal, writes: Writes, now: datetime, source: str) -> Decision:
        check_removal(removal)
        if removal.observed_at > now:  # enrich refuses what is far ahead, and this must go through
            removal = removal.model_copy(update={"observed_at": now})
        row = writes.row(removal.post_id)
        if row is None:
            return _UNTRACKED
        if removal.version is not None and removal.version < row.version:
            # A null here would take away in the compacted topic what came after it.
            return _SUPERSEDED
        headers = ce.removal_headers(removal, source)
        writes.after[removal.post_id] = None
        record = Record(POSTS_RAW, removal.post_id, None, headers)
        return Decision(Outcome(Fate.REMOVED, museum_ids=row.museum_ids), [record])

    def _account(
        self, account: AccountRemoval, writes: Writes, now: datetime, source: str
    ) -> Decision:
        records: list[Record] = []
        for post_id in self._tracked.of_author(account.platform, account.author_id):
            removal = Removal(
                post_id=post_id,
                scope=RemovalScope.ACCOUNT,
                reason=account.reason,
                effective_at=account.effective_at,
                observed_at=account.observed_at,
            )
            records += self._removal(removal, writes, now, source).records
        return Decision(Outcome(Fate.REMOVED), records) if records else _UNTRACKED

    def _look(self, look: Look, writes: Writes) -> Decision:
        row = writes.row(look.post_id)
        if row is None:
            return _UNTRACKED
        writes.after[look.post_id] = looked_row(row, look)
        return Decision(Outcome(Fate.NOTED))

    def _tally(self, tally: Tally, writes: Writes, now: datetime, source: str) -> Decision:
        row = writes.row(tally.post_id)
        if row is None or row.looked_at != tally.looked_at:
            return _SUPERSEDED
        if tally.look_at and row.next_look_at and tally.look_at < row.next_look_at:
            writes.after[row.post_id] = row.model_copy(update={"next_look_at": tally.look_at})
        if tally.snapshot is None:
            return Decision(Outcome(Fate.NOTED))
        return self._snapshot(tally.snapshot, writes, now, source)

    async def tick(self, at: datetime, writes: Writes) -> Sequence[Record]:
        """Say that it is some time, and let the rows go whose time has come."""
        for post_id in self._tracked.expired(at):
            writes.after[post_id] = None
        return await self._ticker.records(at) if self._ticker else ()


def _trace(post: Post) -> str:
    # Deterministic, so that a repeat is identical.
    trace = stable_id("trace", post.post_id, post.version).hex
    return f"00-{trace}-{stable_id('span', trace).hex[:16]}-01"
