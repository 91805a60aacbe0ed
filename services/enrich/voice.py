"""A voice: what one visitor's post adds to its museum's activity. Its row holds no text."""

from __future__ import annotations

from typing import Literal

from schemas import EnrichedPost, Model, Utc

from .stories import Copy, copy_of

_NOBODYS = ("museum", "promotion")


class Voice(Model):
    """The row of one post of one museum.

    ``at`` is when it was posted, as far as we can know: the author's clock may be ahead of ours.
    ``label`` is that of the visit, absent where it is not spoken of; ``complaints`` are its
    aspects where it is negative. ``copy_of`` is what its copies are found by.
    """

    layout: int = 2
    at: Utc
    label: Literal["negative", "neutral", "positive"] | None
    weighted: float | None
    score: float | None
    viral: bool
    complaints: tuple[str, ...] = ()
    imprint: Copy


def voice(post: EnrichedPost) -> Voice | None:
    """Return what a post adds; ``None`` for the museum's own and for advertisement."""
    if post.own or (post.speaker is not None and post.speaker.kind in _NOBODYS):
        return None
    visit = post.sentiment if post.visit is None else post.visit
    label = None if visit.abstained else visit.label
    engagement = post.engagement
    at = min(post.created_at, post.observed_at)
    return Voice(
        at=at,
        label=label,
        weighted=engagement.weighted if engagement is not None else None,
        score=engagement.score if engagement is not None else None,
        viral=post.virality is not None and post.virality.viral,
        complaints=_complaints(post) if label == "negative" else (),
        imprint=copy_of(
            post_id=post.post_id,
            thread=post.story_id,
            platform=post.platform,
            at=at,
            text=post.text,
            links=post.links,
            author=post.author,
        ),
    )


def _complaints(post: EnrichedPost) -> tuple[str, ...]:
    found = (
        aspect.aspect
        for aspect in post.aspects
        if aspect.about == "visit" and aspect.polarity == "negative"
    )
    return tuple(dict.fromkeys(found))
