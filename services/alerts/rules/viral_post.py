"""Rule ``viral_post``: a post spreads far beyond the usual.

It trusts enrich's mark and judges nothing but how much it matters: a viral post that is surely
negative is critical, any other is good to know.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from schemas import Alert, EnrichedPost, Severity

from .evidence import Share, found_at, measured, negativity, surely_negative

NAME = "viral_post"
HEADLINE = "a post is going viral"


class Thresholds(BaseModel):
    """``min_confidence``: how sure the sentiment must be to make a viral post critical."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_confidence: Share = 0.6


def judge(post: EnrichedPost, thresholds: Thresholds) -> Alert | None:
    """Return an alert for a post that is marked viral."""
    if post.virality is None or not post.virality.viral:
        return None
    negative = not post.own and surely_negative(post, thresholds.min_confidence)
    return Alert(
        rule=NAME,
        museum_id=post.museum_id,
        story_id=post.story_id,
        post_id=post.post_id,
        severity=Severity.CRITICAL if negative else Severity.INFO,
        summary=post.virality.explanation + (f" {negativity(post)}." if negative else ""),
        numbers=measured(post),
        found_at=found_at(post),
    )
