"""The row of a post: all that enrich knows about it, and how each event changes it.

Every change is a set, a maximum or a fold guarded by time, so that a repeat changes nothing.
Pure: rows and events in, rows out.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from schemas import (
    COUNTERS,
    Counters,
    EngagementScore,
    EngagementSnapshot,
    Language,
    Model,
    Post,
    Reason,
    Removal,
    Sentiment,
    Utc,
)

from .engagement import age_bucket, age_hours, audience, score_engagement, weigh
from .norms import Norms, Value
from .virality import is_viral

_EARLY_KEPT = 100
_DAYS_KEPT = 2


class Look(Model):
    """The last look at a post in one age bucket on one day: log1p of its weighted engagement."""

    bucket: int
    day: date
    weighted_log: float


class Mark(Model):
    """What is left of a post that went: it blocks versions up to ``version`` (``None``: all)."""

    version: int | None
    reason: str


class Published(Model):
    """What was last published for one museum: its revision and the digest of what it said."""

    revision: Annotated[int, Field(ge=0)] = 0
    digest: str = ""


class PostRow(Model):
    """One post. ``layout`` grows when a new release cannot read an old row as it is."""

    layout: int = 1
    post: Post | None = None
    language: Language | None = None
    sentiment: Sentiment | None = None
    reason: Reason = Reason.POST
    counters: Counters | None = None
    counted_at: Utc | None = None
    marks: Counters = Counters()
    looks: tuple[Look, ...] = ()
    early: tuple[EngagementSnapshot, ...] = ()
    engagement: EngagementScore | None = None
    viral_since: Utc | None = None
    published: dict[str, Published] = Field(default_factory=dict)
    mark: Mark | None = None
    changed_at: Utc

    def blocks(self, version: int) -> bool:
        """Whether a version of the post comes too late: it was removed or edited since."""
        if self.post is not None:
            return version < self.post.version
        mark = self.mark
        return mark is not None and (mark.version is None or version <= mark.version)

    def outlives(self, removal: Removal) -> bool:
        """Whether the post is newer than what a removal kills."""
        killed = removal.version
        return self.post is not None and killed is not None and killed < self.post.version

    def values(self) -> list[Value]:
        """What this post adds to the norms, one value a bucket and day."""
        if self.post is None:
            return []
        platform, audience_log = self.post.platform, audience(self.post.author, None)
        return [
            Value(platform, look.bucket, look.day, look.weighted_log, audience_log)
            for look in self.looks
        ]


def fold_post(
    row: PostRow | None, post: Post, language: Language, sentiment: Sentiment, norms: Norms
) -> PostRow:
    """Take a post or its edit. The caller has asked ``blocks`` before."""
    if row is None:
        row = PostRow(changed_at=post.observed_at)
    known = row.post
    reason = row.reason
    if known is not None and known.version < post.version:
        reason = Reason.EDIT
    updated = row.model_copy(
        update={
            "post": post,
            "language": language,
            "sentiment": sentiment,
            "reason": reason,
            "mark": None,
            "early": (),
            "changed_at": max(row.changed_at, post.observed_at),
        }
    )
    for snapshot in row.early:
        updated = fold_snapshot(updated, snapshot, norms)
    return _scored(updated, norms)


def fold_snapshot(row: PostRow | None, snapshot: EngagementSnapshot, norms: Norms) -> PostRow:
    """Take a snapshot; one that overtook its post waits in the row, one that is old only marks."""
    if row is None:
        row = PostRow(changed_at=snapshot.observed_at)
    changed_at = max(row.changed_at, snapshot.observed_at)
    if row.mark is not None:
        return row
    if row.post is None:
        early = {kept.observed_at: kept for kept in (*row.early, snapshot)}
        kept = tuple(early[at] for at in sorted(early))[-_EARLY_KEPT:]
        return row.model_copy(update={"early": kept, "changed_at": changed_at})
    marks = _highest(row.marks, snapshot)
    if row.counted_at is not None and snapshot.observed_at <= row.counted_at:
        return row.model_copy(update={"marks": marks})
    post, at = row.post, snapshot.observed_at
    hours = age_hours(post.created_at, at)
    norm = norms.norm(post.platform, age_bucket(hours), at.date())
    counters = snapshot.counters
    viral_since = row.viral_since
    if viral_since is None and is_viral(
        marks, post.platform, audience(post.author, marks.views), norm
    ):
        viral_since = at
    counted = row.model_copy(
        update={
            "counters": counters,
            "counted_at": at,
            "marks": marks,
            "looks": _look(row.looks, age_bucket(hours), at, weigh(counters, post.platform)),
            "viral_since": viral_since,
            "reason": Reason.SNAPSHOT,
            "changed_at": changed_at,
        }
    )
    return _scored(counted, norms)


def fold_removal(row: PostRow | None, removal: Removal) -> PostRow:
    """Leave a textless mark; it remembers under which museums the post was published."""
    published = {} if row is None else row.published
    version = removal.version
    if row is not None and row.mark is not None and version is not None:
        version = None if row.mark.version is None else max(version, row.mark.version)
    return _marked(row, published, version, removal.reason, removal.observed_at)


def fold_departure(row: PostRow, post: Post) -> PostRow:
    """Leave a textless mark of a post that an edit took away from every museum."""
    return _marked(row, row.published, post.version - 1, "edit", post.observed_at)


def _scored(row: PostRow, norms: Norms) -> PostRow:
    """Score the counters that the row holds, so that it does not matter what came first."""
    if row.post is None or row.counters is None or row.counted_at is None:
        return row
    post = row.post
    hours = age_hours(post.created_at, row.counted_at)
    norm = norms.norm(post.platform, age_bucket(hours), row.counted_at.date())
    score = score_engagement(row.counters, post.platform, post.author, hours, norm)
    return row.model_copy(update={"engagement": score})


def _marked(
    row: PostRow | None,
    published: dict[str, Published],
    version: int | None,
    reason: str,
    at: datetime,
) -> PostRow:
    silent = {museum: Published(revision=last.revision) for museum, last in published.items()}
    return PostRow(
        mark=Mark(version=version, reason=reason),
        published=silent,
        changed_at=at if row is None else max(row.changed_at, at),
    )


def _highest(marks: Counters, snapshot: EngagementSnapshot) -> Counters:
    highest = {}
    for name in COUNTERS:
        seen = [v for v in (getattr(marks, name), getattr(snapshot, name)) if v is not None]
        highest[name] = max(seen, default=None)
    return Counters(**highest)


def _look(looks: tuple[Look, ...], bucket: int, at: datetime, weighted: float) -> tuple[Look, ...]:
    """Set the look of this bucket and day; a bucket keeps its two last days, for sums in repair."""
    fresh = Look(bucket=bucket, day=at.date(), weighted_log=math.log1p(weighted))
    same = [look for look in looks if look.bucket == bucket and look.day != fresh.day]
    others = [look for look in looks if look.bucket != bucket]
    kept = sorted([*same, fresh], key=lambda look: look.day)[-_DAYS_KEPT:]
    return tuple(sorted([*others, *kept], key=lambda look: (look.bucket, look.day)))
