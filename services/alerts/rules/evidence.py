"""What rules read from an enriched post alike: its numbers, its time, and sure negativity."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas import COUNTERS, EnrichedPost

Share = Annotated[float, Field(ge=0, le=1)]


def surely_negative(post: EnrichedPost, min_confidence: float) -> bool:
    """Whether the text was judged negative, by a model that did not abstain, with confidence."""
    sentiment = post.sentiment
    return (
        sentiment.label == "negative"
        and not sentiment.abstained
        and sentiment.confidence >= min_confidence
    )


def negativity(post: EnrichedPost) -> str:
    """Say how negative the text was judged."""
    return f"The text reads as negative ({post.sentiment.confidence:.0%} sure)"


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
    if not post.sentiment.abstained:
        numbers["p_negative"] = round(post.sentiment.p_negative, 3)
    return numbers
