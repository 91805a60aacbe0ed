"""Rule ``negative_post``: a surely negative post that many can see, by somebody else than us.

A negative post that nobody sees is no alert: it needs followers or engagement behind it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas import Alert, EnrichedPost, Severity

from .evidence import Share, found_at, measured, negativity, surely_negative

NAME = "negative_post"
HEADLINE = "a critical post is widely seen"


class Thresholds(BaseModel):
    """When a negative post has reach; ``critical_times`` the reach makes it critical.

    ``min_weighted`` is in weighted interactions, as in ``EngagementScore.weighted``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_confidence: Share = 0.6
    min_followers: Annotated[int, Field(ge=1)] = 10_000
    min_weighted: Annotated[float, Field(gt=0)] = 50.0
    critical_times: Annotated[float, Field(gt=1)] = 10.0


def judge(post: EnrichedPost, thresholds: Thresholds) -> Alert | None:
    """Return an alert for a negative post whose followers or engagement reach a threshold."""
    if post.own or not surely_negative(post, thresholds.min_confidence):
        return None
    followers = post.author.followers if post.author is not None else None
    weighted = post.engagement.weighted if post.engagement is not None else None
    reach = max(
        (followers or 0) / thresholds.min_followers, (weighted or 0) / thresholds.min_weighted
    )
    if reach < 1:
        return None
    return Alert(
        rule=NAME,
        museum_id=post.museum_id,
        story_id=post.story_id,
        post_id=post.post_id,
        severity=(Severity.CRITICAL if reach >= thresholds.critical_times else Severity.WARNING),
        summary=_sentence(post, followers, weighted),
        numbers=measured(post),
        found_at=found_at(post),
    )


def _sentence(post: EnrichedPost, followers: int | None, weighted: float | None) -> str:
    sentence = negativity(post)
    if followers is not None:
        sentence += f"; its author has {followers:,} followers"
    if weighted is not None and post.engagement is not None:
        usual = f"{post.engagement.usual_low:,.0f} to {post.engagement.usual_high:,.0f}"
        sentence += f"; {weighted:,.0f} weighted interactions so far, usual is {usual}"
    return sentence + "."
