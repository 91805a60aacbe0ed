"""A museum's activity: its last hours, as counted from its enriched posts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Count, Model, MuseumId, PostId, Utc
from .enriched import Score
from .understanding import Probability


class TopPost(Model):
    """A post of the window with its weighted engagement."""

    post_id: PostId
    weighted: Annotated[float, Field(ge=0)]
    score: Score


class MuseumActivity(Model):
    """One museum's last hours up to ``at``; ``negative_share`` is absent without judged posts."""

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
