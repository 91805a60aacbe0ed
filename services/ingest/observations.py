"""What a connector observed, before it is matched: facts, each with the bytes that it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas import Counters, Cursor, EngagementSnapshot, Gap, Post, Removal, RemovalReason


@dataclass(frozen=True, slots=True)
class AccountRemoval:
    """An account is gone, and so must be each of its posts."""

    platform: str
    author_id: str
    reason: RemovalReason
    effective_at: datetime
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """We asked for a tracked post again: what it showed, and when to ask next.

    ``counters`` is ``None`` where the platform did not give the post, ``looked_at`` where it was
    never looked at because the platform refuses to be asked for it.
    """

    post_id: str
    looked_at: datetime | None
    next_look_at: datetime | None
    unchanged_looks: int
    missing_looks: int
    counters: Counters | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a stream said of a tracked post since the look of ``looked_at``: its counters, if known.

    ``look_at``: the next look should come by then. Once there was another look, it is void.
    """

    post_id: str
    looked_at: datetime | None
    snapshot: EngagementSnapshot | None
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tick:
    """It is ``at``, and everything up to then has been said."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Input that can never be read; ``reason`` is a short word, ``message`` names no contents.

    ``author_id``: whose it is, where that much can be told.
    """

    reason: str
    message: str
    author_id: str | None = None


Fact = Post | EngagementSnapshot | Removal | AccountRemoval | Gap | Look | Tally | Tick | Unreadable


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact and, for the dead letters, the bytes it was read from and where they stood."""

    fact: Fact
    raw: bytes = b""
    origin: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts in their order; ``cursor`` covers them and everything before, if it may be written."""

    observations: Sequence[Observation]
    cursor: Cursor | None = None


class Fate(StrEnum):
    """What became of an observation."""

    PUBLISHED = "published"
    """A post that concerns a museum, passed on: new, edited or repeated."""
    RELEASED = "released"
    """A tracked post that an edit took away from every museum, passed on without matches."""
    UNMATCHED = "unmatched"
    """A post that concerns no museum, dropped."""
    COUNTED = "counted"
    """A snapshot of a tracked post, passed on."""
    REMOVED = "removed"
    """A removal of one or more tracked posts, passed on."""
    UNTRACKED = "untracked"
    """A snapshot or removal of what we never passed on, dropped."""
    NOTED = "noted"
    """A gap, a look or a tick, written."""
    DEAD_LETTER = "dead_letter"
    """Could not be handled, parked with its bytes and the reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of an observation and, of a dead letter, the reason."""

    fate: Fate
    reason: str | None = None
    museum_ids: tuple[str, ...] = ()
