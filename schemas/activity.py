"""A museum's activity: its last hours, as counted from its enriched posts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Count, Model, MuseumId, PostId, Utc
from .enriched import Score
from .understanding import Probability


class TopPost(Model):
    """A post of the window with its weighted engagement."""

    post_id: PostId
    weighted: Annotated[float, Field(ge=0)]
    score: Score


class Complaint(Model):
    """An aspect of the negative posts of the window, and how many of them name it."""

    aspect: str
    posts: Count


class CopiedStory(Model):
    """A story that several posts of the window tell: copies of one text or link.

    ``coordinated``: many young or unknown accounts within hours; they count as one voice.
    """

    story_id: str
    posts: Count
    authors: Count
    platforms: Count
    coordinated: bool


class Unusual(Model):
    """Something unusual that goes on, since when, and the sentence that says so."""

    kind: Literal["burst", "negative_share"]
    since: Utc
    level: Literal["notice", "alert", "major"]
    explanation: str


class MuseumActivity(Model):
    """One museum's last hours up to ``at``; ``negative_share`` is absent without judged posts.

    ``state``: for the first 14 days it is still learning. ``usual_low`` to ``usual_high`` posts
    are usual in an hour such as ``usual_for`` ("Sunday 15:00", the museum's time), four times in
    five; ``usual_share_low`` to ``usual_share_high`` of the posts are usually negative.
    ``burst_score``: 50 is the alarm line. ``unusual``: what is going on.
    """

    museum_id: MuseumId
    at: Utc
    posts_last_hour: Count
    posts_window: Count
    window_hours: Annotated[int, Field(ge=1)]
    judged_window: Count
    negative_window: Count
    negative_share: Probability | None
    viral_window: Count
    top_posts: tuple[TopPost, ...]
    authors_window: Count | None = None
    state: Literal["learning", "ready"] = "learning"
    closed: bool | None = None
    usual_for: str | None = None
    usual_low: Count | None = None
    usual_high: Count | None = None
    burst_score: Score | None = None
    burst_level: Literal["notice", "alert", "major"] | None = None
    usual_share_low: Probability | None = None
    usual_share_high: Probability | None = None
    complaints: tuple[Complaint, ...] = ()
    stories: tuple[CopiedStory, ...] = ()
    unusual: tuple[Unusual, ...] = ()
    explanation: str | None = None
