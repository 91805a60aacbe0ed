"""A museum's activity: each post of its last hours counts once, whatever is repeated. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from schemas import EnrichedPost, Model, MuseumActivity, TopPost, Utc

WINDOW = timedelta(hours=6)
_LAST_HOUR = timedelta(hours=1)
_TOP_POSTS = 5


class Voice(Model):
    """The row of one post of one museum: what activity needs of it, no text.

    ``at`` is when it was posted, as far as we can know: the author's clock may be ahead of ours.
    """

    layout: int = 1
    at: Utc
    label: Literal["negative", "neutral", "positive"] | None
    weighted: float | None
    score: float | None
    viral: bool


def voice(post: EnrichedPost) -> Voice | None:
    """Return what a post adds, or ``None`` for the museum's own: they are not visitors' voices."""
    if post.own:
        return None
    engagement, sentiment = post.engagement, post.sentiment
    return Voice(
        at=min(post.created_at, post.observed_at),
        label=None if sentiment.abstained else sentiment.label,
        weighted=engagement.weighted if engagement is not None else None,
        score=engagement.score if engagement is not None else None,
        viral=post.virality is not None and post.virality.viral,
    )


def outlived(said: Voice, at: datetime) -> bool:
    """Whether a post has left the window."""
    return said.at <= at - WINDOW


def activity(museum_id: str, voices: Mapping[str, Voice], at: datetime) -> MuseumActivity:
    """Count a museum's posts, by id, of the hours up to ``at``; later ones are left for later."""
    window = {key: said for key, said in voices.items() if at - WINDOW < said.at <= at}
    judged = [said for said in window.values() if said.label is not None]
    negative = sum(said.label == "negative" for said in judged)
    counted = sorted(
        (
            TopPost(post_id=key, weighted=said.weighted, score=said.score)
            for key, said in window.items()
            if said.weighted is not None and said.score is not None
        ),
        key=lambda top: (-top.weighted, top.post_id),
    )
    return MuseumActivity(
        museum_id=museum_id,
        at=at,
        posts_last_hour=sum(said.at > at - _LAST_HOUR for said in window.values()),
        posts_window=len(window),
        window_hours=WINDOW // timedelta(hours=1),
        judged_window=len(judged),
        negative_window=negative,
        negative_share=negative / len(judged) if judged else None,
        viral_window=sum(said.viral for said in window.values()),
        top_posts=tuple(counted[:_TOP_POSTS]),
    )
