"""Somebody with very many followers has a good day at the museum, and the likes that go with it."""

from __future__ import annotations

from demo.day.lines import post_line
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Forbidden


def tell(stage: Stage) -> Story:
    """No alert: more likes than most, and no more than usual for such an account."""
    post = stage.write(
        "Una mañana tranquila delante de Las meninas. Gracias por tanto. #MuseoDelPrado",
        "es",
        stage.clock("prado", "12:15"),
        followers=stage.about(260_000),
    )
    looks = stage.looks(post, [(1, 60), (3, 150), (8, 290)])
    return Story(
        lines=(post_line(post, seen(post)), *looks),
        forbidden=(
            Forbidden(
                story_id=post.post_id,
                why="as much engagement as usual for 260,000 followers",
            ),
        ),
    )
