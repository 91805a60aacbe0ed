"""A snapshot: the absolute engagement counters of one post at one instant."""

from __future__ import annotations

from typing import Literal

from .base import Count, Model, Platform, PostId, Utc

COUNTERS = ("likes", "reposts", "quotes", "replies", "views", "bookmarks")


class Counters(Model):
    """Engagement counters; one that the platform does not give is ``None``, never 0."""

    likes: Count | None = None
    reposts: Count | None = None
    quotes: Count | None = None
    replies: Count | None = None
    views: Count | None = None
    bookmarks: Count | None = None


class EngagementSnapshot(Counters):
    """What a platform showed at ``observed_at``: absolute, so a lost or doubled one is harmless."""

    post_id: PostId
    platform: Platform
    observed_at: Utc
    method: Literal["poll", "stream", "webhook", "replay"]
    is_lower_bound: bool = False

    @property
    def counters(self) -> Counters:
        """The counters alone."""
        return Counters(**{name: getattr(self, name) for name in COUNTERS})
