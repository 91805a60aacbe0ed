"""The row of a post: all that enrich knows about it, and how each event changes it.

The row has two halves: what the post says comes from ``posts.raw`` alone, its numbers from
``posts.engagement`` and the birth of the post alone; so it does not matter how the two topics
interleave. Every change is a set, a maximum or a fold guarded by time, so that a repeat changes
nothing. Pure: rows and events in, rows out.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from schemas import (
    Counters,
    EngagementScore,
    EngagementSnapshot,
    Model,
    Post,
    Reason,
    Removal,
    Utc,
    Virality,
)
from schemas.base import Platform

from . import viral
from .engagement import age_bucket, age_hours, audience, score_engagement
from .norms import Value
from .understanding import Understanding
from .usual import Usual
from .viral import Finished, Motion
from .virality import tell_virality

_EARLY_KEPT = 100
_DAYS_KEPT = 2


class Birth(Model):
    """What a post's numbers are judged by, as its first version said it; no edit changes it."""

    platform: Platform
    created_at: Utc
    followers: int | None = None


class Look(NamedTuple):
    """The last look at a post in one age bucket on one day: log1p of its weighted engagement.

    ``audience_log`` where views are known, which grow with the post; else its followers are its
    audience. A tuple, since a row has many: in JSON it is half as long.
    """

    bucket: int
    day: date
    weighted_log: float
    audience_log: float | None = None


class Mark(Model):
    """Stands for a post that went: it blocks versions up to ``version`` (``None``: all)."""

    version: int | None = None
    reason: str
    at: Utc

    def blocks(self, version: int | None) -> bool:
        """Whether it blocks a version; ``None`` is all there ever will be."""
        return self.version is None or (version is not None and version <= self.version)


class Published(Model):
    """What was last published for one museum: its revision and the digest of what it said."""

    revision: Annotated[int, Field(ge=0)] = 0
    digest: str = ""

    def silent(self) -> Published:
        """The same revision with nothing said since: whatever is said next is a change."""
        return Published(revision=self.revision)


class PostRow(Model):
    """One post. With a mark in its place the numbers stay and no text: it may come again, newer.

    ``layout`` grows when a new release cannot read an old row as it is.
    """

    layout: int = 1
    post: Post | None = None
    understanding: Understanding | None = None
    mark: Mark | None = None
    reason: Reason = Reason.POST
    birth: Birth | None = None
    counters: Counters | None = None
    counted_at: Utc | None = None
    motion: Motion | None = None
    looks: tuple[Look, ...] = ()
    early: tuple[EngagementSnapshot, ...] = ()
    engagement: EngagementScore | None = None
    virality: Virality | None = None
    published: dict[str, Published] = Field(default_factory=dict)
    changed_at: Utc

    def blocks(self, version: int) -> bool:
        """Whether a version of the post comes too late: it was removed or edited since."""
        if self.post is not None:
            return version < self.post.version
        return self.mark is not None and self.mark.blocks(version)

    def outlives(self, removal: Removal) -> bool:
        """Whether the post is newer than what a removal kills."""
        killed = removal.version
        return self.post is not None and killed is not None and killed < self.post.version

    def values(self, day: date) -> list[Value]:
        """What this post adds to a day's norms, one value a bucket, also where it went since.

        A removal is read before or after the end of a day as the topics happen to interleave.
        """
        birth = self.birth
        if birth is None:
            return []
        usual = audience(birth.followers, None)
        return [
            Value(
                birth.platform,
                look.bucket,
                look.day,
                look.weighted_log,
                usual if look.audience_log is None else look.audience_log,
            )
            for look in self.looks
            if look.day == day
        ]

    def finished(self) -> Finished | None:
        """What this post teaches forecasts on the day on which it is finished."""
        if self.birth is None or self.motion is None:
            return None
        return viral.finished(self.motion, self.birth.platform)


def encode_row(row: PostRow) -> bytes:
    """Write a row, without what is absent: of a month's posts that is a tenth of the memory."""
    return row.__pydantic_serializer__.to_json(row, exclude_none=True)


def fold_post(
    row: PostRow | None, post: Post, understanding: Understanding, usual: Usual
) -> PostRow:
    """Take a post or its edit. The caller has asked ``blocks`` before."""
    # A replayed post keeps its own times; its row must outlive its arrival, not the post's year.
    heard_at = max(post.observed_at, post.ingest.received_at)
    if row is None:
        row = PostRow(changed_at=heard_at)
    known = row.post
    reason = row.reason
    if known is not None and known.version < post.version:
        reason = Reason.EDIT
    updated = row.model_copy(
        update={
            "post": post,
            "understanding": understanding,
            "mark": None,
            "reason": reason,
            "birth": row.birth or _birth(post),
            "early": (),
            "changed_at": max(row.changed_at, heard_at),
        }
    )
    for snapshot in row.early:
        updated = fold_snapshot(updated, snapshot, usual)
    return updated


def fold_snapshot(row: PostRow | None, snapshot: EngagementSnapshot, usual: Usual) -> PostRow:
    """Take a snapshot; one that overtook its post waits in the row, one that is old only marks."""
    at = snapshot.observed_at
    if row is None:
        row = PostRow(changed_at=at)
    birth = row.birth
    if birth is None:
        early = row.early if snapshot in row.early else (*row.early, snapshot)[-_EARLY_KEPT:]
        return row.model_copy(update={"early": early, "changed_at": max(row.changed_at, at)})
    motion, forecast = viral.fold(
        row.motion, snapshot, birth.created_at, usual.forecasts.outlook, now=None
    )
    moved = {"motion": motion, "virality": motion and forecast and tell_virality(motion, forecast)}
    if row.counted_at is not None and at <= row.counted_at:
        return row.model_copy(update=moved)
    hours = age_hours(birth.created_at, at)
    bucket = age_bucket(hours)
    norm = usual.norms.norm(birth.platform, bucket, at.date())
    counters = snapshot.counters
    engagement = score_engagement(counters, birth.platform, birth.followers, hours, norm)
    weighted = 0.0 if engagement is None else engagement.weighted
    return row.model_copy(
        update=moved
        | {
            "counters": counters,
            "counted_at": at,
            "looks": _with_look(row.looks, _look(bucket, at, weighted, counters.views, birth)),
            "engagement": engagement,
            "reason": Reason.SNAPSHOT,
            "changed_at": max(row.changed_at, at),
        }
    )


def fold_removal(row: PostRow | None, removal: Removal) -> PostRow:
    """Leave a textless mark; it remembers under which museums the post was published."""
    at = removal.observed_at
    row = row or PostRow(changed_at=at)
    if row.mark is not None and row.mark.blocks(removal.version):
        return row
    return _marked(row, Mark(version=removal.version, reason=removal.reason, at=at))


def fold_departure(row: PostRow, post: Post) -> PostRow:
    """Leave a textless mark of a post that an edit took away from every museum."""
    return _marked(row, Mark(version=post.version - 1, reason="edit", at=post.observed_at))


def _birth(post: Post) -> Birth:
    followers = None if post.author is None else post.author.followers
    return Birth(platform=post.platform, created_at=post.created_at, followers=followers)


def _marked(row: PostRow, mark: Mark) -> PostRow:
    return row.model_copy(
        update={
            "post": None,
            "understanding": None,
            "mark": mark,
            "published": {museum: last.silent() for museum, last in row.published.items()},
            "changed_at": max(row.changed_at, mark.at),
        }
    )


def _look(bucket: int, at: datetime, weighted: float, views: int | None, birth: Birth) -> Look:
    return Look(
        bucket=bucket,
        day=at.date(),
        weighted_log=math.log1p(weighted),
        audience_log=None if views is None else audience(birth.followers, views),
    )


def _with_look(looks: tuple[Look, ...], fresh: Look) -> tuple[Look, ...]:
    """Set the look of its bucket and day; a bucket keeps its two last days, for sums in repair."""
    # They lie in the order of buckets and days, the first two fields of a look.
    place = bisect_left(looks, fresh[:2])
    before, behind = looks[:place], looks[place:]
    if behind and behind[0][:2] == fresh[:2]:
        behind = behind[1:]
    kept = (*before, fresh, *behind)
    same = [look for look in kept if look.bucket == fresh.bucket]
    if len(same) > _DAYS_KEPT:
        kept = tuple(look for look in kept if look is not same[0])
    return kept
