"""Posts about no museum of ours, loud enough to be heard if they were."""

from __future__ import annotations

from typing import Any

from demo.day.lines import post_line
from demo.day.stage import Stage, Story, seen, together
from demo.day.truth import Forbidden

MADRID: dict[str, Any] = {"precision": "city", "lon": -3.6921, "lat": 40.4138}


def tell(stage: Stage) -> Story:
    """None of them reaches anybody."""
    return together(
        _unheard(stage, "no museum is named", "12:10", _NO_MUSEUM),
        _unheard(stage, "a weak tag alone names no museum", "13:30", _WEAK),
        _unheard(stage, "an excluded tag: another museum", "14:45", _EXCLUDED),
        _unheard(stage, "a city is not a museum", "16:05", _CITY, geo=MADRID),
    )


_NO_MUSEUM = (
    "Terrible day, awful hotel, the worst breakfast of my life. Disgraceful. #travel #museum"
)
_WEAK = "This copy in our hotel is horrible, the worst I have ever seen. Awful. #MonaLisa"
_EXCLUDED = "Terrible parking and an awful restaurant at the new branch. #Louvre #LouvreAbuDhabi"
_CITY = "Horrible traffic again, a terrible morning, the worst taxi ever."


def _unheard(
    stage: Stage, why: str, at: str, text: str, geo: dict[str, Any] | None = None
) -> Story:
    post = stage.write(
        text,
        "en",
        stage.clock("louvre", at),
        followers=stage.about(90_000),
        tracked=False,
        geo=geo,
    )
    looks = stage.looks(post, [(1, 900), (3, 4_000)])
    return Story(
        lines=(post_line(post, seen(post)), *looks),
        forbidden=(Forbidden(story_id=post.post_id, why=why),),
    )
