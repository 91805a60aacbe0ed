"""What one batch will write, in three steps: rows first, then the facts, then rows that follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas import EngagementSnapshot, Post, Removal, TrackedPost
from services.common.records import Record

from .observations import AccountRemoval, Fact, Look, Tally
from .tracked import TrackedPosts


@dataclass
class Writes:
    """Collected while a batch is decided, so that it costs three round trips and not three each."""

    tracked: TrackedPosts
    before: dict[str, TrackedPost] = field(default_factory=dict)
    facts: list[tuple[int, Record]] = field(default_factory=list)
    """Records with the number of the observation that asked for them."""
    after: dict[str, TrackedPost | None] = field(default_factory=dict)

    def row(self, post_id: str) -> TrackedPost | None:
        """Return a post's row as it will be when this is written."""
        if post_id in self.after:
            return self.after[post_id]
        return self.before.get(post_id) or self.tracked.get(post_id)

    def keep(self, row: TrackedPost, old: TrackedPost | None) -> None:
        """Write a row before the facts, unless it says nothing new."""
        if row != old:
            self.before[row.post_id] = row

    def add(self, index: int, records: Iterable[Record]) -> None:
        """Write records that an observation asked for, behind those before."""
        self.facts += ((index, record) for record in records)

    def must_stand_before(self, fact: Fact) -> bool:
        """Tell whether this must be written before a fact is decided: their steps would cross."""
        match fact:
            case AccountRemoval():
                return True
            case Post() | EngagementSnapshot() | Removal() | Look() | Tally():
                return fact.post_id in self.after
            case _:
                return False
