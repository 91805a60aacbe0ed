"""The row of a museum: the posts of its last hours, each once, whatever is repeated. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from schemas import EnrichedPost, Model, MuseumActivity, TopPost, Utc

WINDOW = timedelta(hours=6)
_LAST_HOUR = timedelta(hours=1)
_TOP_POSTS = 5


class Entry(Model):
    """What activity needs of one post. ``at`` is when it was posted, as far as we could know."""

    at: Utc
    label: Literal["negative", "neutral", "positive"] | None
    weighted: float | None
    score: float | None
    viral: bool


class MuseumRow(Model):
    """One museum's posts by id."""

    layout: int = 1
    posts: dict[str, Entry] = Field(default_factory=dict)


def fold_enriched(row: MuseumRow, post: EnrichedPost) -> MuseumRow:
    """Set a post's entry; the museum's own posts are not visitors' voices and stay out."""
    if post.own:
        return fold_gone(row, post.post_id)
    engagement, sentiment = post.engagement, post.sentiment
    entry = Entry(
        at=min(post.created_at, post.observed_at),
        label=None if sentiment.abstained else sentiment.label,
        weighted=engagement.weighted if engagement is not None else None,
        score=engagement.score if engagement is not None else None,
        viral=post.virality is not None and post.virality.viral,
    )
    posts = row.posts | {post.post_id: entry}
    # Not more than a window behind its newest post: a replay of years must not swell the row.
    oldest = max(kept.at for kept in posts.values()) - WINDOW
    return row.model_copy(
        update={"posts": {key: kept for key, kept in posts.items() if kept.at >= oldest}}
    )


def fold_gone(row: MuseumRow, post_id: str) -> MuseumRow:
    """Take a post out."""
    if post_id not in row.posts:
        return row
    return row.model_copy(update={"posts": {k: v for k, v in row.posts.items() if k != post_id}})


def fold_time(row: MuseumRow, now: datetime) -> MuseumRow:
    """Forget what is older than the window."""
    kept = {key: entry for key, entry in row.posts.items() if entry.at > now - WINDOW}
    return row.model_copy(update={"posts": kept})


def activity(museum_id: str, row: MuseumRow, at: datetime) -> MuseumActivity:
    """Count the last hours up to ``at``. Posts dated later are left for later."""
    window = {key: e for key, e in row.posts.items() if at - WINDOW < e.at <= at}
    judged = [entry for entry in window.values() if entry.label is not None]
    negative = sum(entry.label == "negative" for entry in judged)
    counted = sorted(
        (
            TopPost(post_id=key, weighted=entry.weighted, score=entry.score)
            for key, entry in window.items()
            if entry.weighted is not None and entry.score is not None
        ),
        key=lambda top: (-top.weighted, top.post_id),
    )
    return MuseumActivity(
        museum_id=museum_id,
        at=at,
        posts_last_hour=sum(entry.at > at - _LAST_HOUR for entry in window.values()),
        posts_window=len(window),
        window_hours=WINDOW // timedelta(hours=1),
        judged_window=len(judged),
        negative_window=negative,
        negative_share=negative / len(judged) if judged else None,
        viral_window=sum(entry.viral for entry in window.values()),
        top_posts=tuple(counted[:_TOP_POSTS]),
    )
