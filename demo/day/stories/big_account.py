"""Somebody with very many followers has a good day at the museum, and a few likes for it."""

from __future__ import annotations

from demo.day.lines import post_line
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Forbidden


def tell(stage: Stage) -> Story:
    """No alert: it is not the followers that make a post go viral."""
    post = stage.write(
        "Una mañana tranquila delante de Las meninas. Gracias por tanto. #MuseoDelPrado",
        "es",
        stage.clock("prado", "12:15"),
        followers=stage.about(260_000),
    )
    looks = stage.looks(post, [(1, 25), (3, 60), (8, 110)])
    return Story(
        lines=(post_line(post, seen(post)), *looks),
        forbidden=(
            Forbidden(
                story_id=post.post_id,
                why="260,000 followers, and no sign that it spreads",
            ),
        ),
    )
