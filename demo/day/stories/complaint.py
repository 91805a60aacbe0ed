"""A complaint: the same for every story that has some, with or without reach."""

from __future__ import annotations

from demo.day.lines import Draft, post_line
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Expected, Forbidden

NEGATIVE = "negative_post"


def with_reach(museum_id: str, draft: Draft, why: str) -> Story:
    """One alert: many follow the author, so it is due as soon as the post is there."""
    line = post_line(draft, seen(draft))
    expected = Expected(
        museum_id=museum_id,
        story_id=draft.post_id,
        rules=(NEGATIVE,),
        why=why,
        after=line.at,
    )
    return Story(lines=(line,), expected=(expected,))


def without_reach(stage: Stage, draft: Draft, why: str) -> Story:
    """No alert: few follow the author, and few react."""
    looks = stage.looks(draft, [(1, 2), (4, 5)])
    forbidden = Forbidden(story_id=draft.post_id, why=why)
    return Story(lines=(post_line(draft, seen(draft)), *looks), forbidden=(forbidden,))
