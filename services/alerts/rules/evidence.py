"""What rules read from an enriched post alike: its numbers, its time, and sure negativity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas import COUNTERS, EnrichedPost, Sentiment

Share = Annotated[float, Field(ge=0, le=1)]


def felt(post: EnrichedPost) -> Sentiment:
    """What the post says of the visit; a painting's sorrow is nobody's complaint.

    Events of before the two were told apart have the whole text's sentiment alone.
    """
    return post.sentiment if post.visit is None else post.visit


def surely_negative(post: EnrichedPost, min_confidence: float) -> bool:
    """Whether the visit was judged negative, by a model that did not abstain, with confidence."""
    visit = felt(post)
    return visit.label == "negative" and not visit.abstained and visit.confidence >= min_confidence


def negativity(post: EnrichedPost) -> str:
    """Say how negative the visit was judged, and what it is about."""
    sentence = f"The visit reads as negative ({felt(post).confidence:.0%} sure)"
    complaints = dict.fromkeys(
        aspect.aspect.replace("_", " ")
        for aspect in post.aspects
        if aspect.about == "visit" and aspect.polarity == "negative"
    )
    return f"{sentence}: {', '.join(complaints)}" if complaints else sentence


def found_at(post: EnrichedPost) -> datetime:
    """When the post first said what it says: its last look. A repeat finds the same instant."""
    return post.observed_at if post.counted_at is None else max(post.observed_at, post.counted_at)


def measured(post: EnrichedPost) -> dict[str, float]:
    """The numbers behind an alert; what the platform does not give is left out."""
    numbers: dict[str, float] = {}
    if post.author is not None and post.author.followers is not None:
        numbers["followers"] = post.author.followers
    if post.counters is not None:
        for name in COUNTERS:
            value = getattr(post.counters, name)
            if value is not None:
                numbers[name] = value
    if post.engagement is not None:
        numbers["weighted"] = round(post.engagement.weighted, 1)
        numbers["score"] = round(post.engagement.score, 1)
    if not felt(post).abstained:
        numbers["p_negative"] = round(felt(post).p_negative, 3)
    return numbers
