"""An enriched post: one post as it concerns one museum, with its scores and what explains them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .base import Model, MuseumId, Platform, PostId, Utc
from .engagement import Counters
from .post import Author, Match, Media, Rating, Transport
from .understanding import Aspect, Language, Probability, Sentiment, Speaker, Urgency

Score = Annotated[float, Field(ge=0, le=100)]


class Reason(StrEnum):
    """What made this revision."""

    POST = "post"
    EDIT = "edit"
    SNAPSHOT = "snapshot"
    RESCORED = "rescored"


class EngagementScore(Model):
    """Engagement against what is usual for the age, platform and audience: 50 is usual.

    ``weighted`` is the weighted sum of the counters; ``usual_low`` and ``usual_high`` bound what
    two of three such posts have; ``age_hours`` is the age at which the counters were seen.
    """

    score: Score
    weighted: Annotated[float, Field(ge=0)]
    usual_low: Annotated[float, Field(ge=0)]
    usual_high: Annotated[float, Field(ge=0)]
    age_hours: Annotated[float, Field(ge=0)]
    norms: Literal["prior", "learned"]
    explanation: str


class Virality(Model):
    """Whether the post is going viral, since when, and the sentence that says so.

    ``status``: ``fading`` was viral and grows no more. ``probability``: that its engagement in two
    days reaches ``threshold``, which is what viral means on its platform; ``expected`` is that
    engagement, and two of three posts end between ``low`` and ``high``. ``growth_per_hour``: how
    much it gains now. All engagement is weighted. ``calls``: how often it was called viral.
    ``corrected_at``: when the platform took back a part of the counts.
    """

    viral: bool
    since: Utc | None = None
    explanation: str
    status: Literal["off", "viral", "fading"] = "off"
    probability: Probability | None = None
    expected: Annotated[float, Field(ge=0)] | None = None
    low: Annotated[float, Field(ge=0)] | None = None
    high: Annotated[float, Field(ge=0)] | None = None
    threshold: Annotated[float, Field(ge=0)] | None = None
    growth_per_hour: Annotated[float, Field(ge=0)] | None = None
    calls: Annotated[int, Field(ge=0)] = 0
    corrected_at: Utc | None = None


class EnrichedPost(Model):
    """One post as it concerns one museum.

    ``revision`` grows by one with each change of what it says; ``reason`` is what changed it.
    ``pages``: false for backfilled and replayed posts, which are counted and page nobody.
    ``sentiment`` is that of the whole text, ``visit`` and ``work`` what of it concerns either.
    """

    museum_id: MuseumId
    post_id: PostId
    story_id: str
    platform: Platform
    version: int
    kind: str
    url: str | None
    author: Author | None
    text: str
    hashtags: tuple[str, ...]
    media: tuple[Media, ...]
    links: tuple[str, ...] = ()
    rating: Rating | None
    matches: tuple[Match, ...]
    own: bool
    transport: Transport
    pages: bool
    created_at: Utc
    observed_at: Utc
    language: Language
    sentiment: Sentiment
    visit: Sentiment | None = None
    work: Sentiment | None = None
    aspects: tuple[Aspect, ...] = ()
    urgency: Urgency | None = None
    speaker: Speaker | None = None
    counters: Counters | None
    counted_at: Utc | None
    engagement: EngagementScore | None
    virality: Virality | None
    revision: Annotated[int, Field(ge=1)]
    reason: Reason

    @property
    def key(self) -> str:
        """The record's key on ``posts.enriched``."""
        return f"{self.museum_id}/{self.post_id}"
