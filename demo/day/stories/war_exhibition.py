"""Photographs of a war, praised in harrowing words by people whom many follow."""

from __future__ import annotations

from demo.day.stage import Stage, Story, together
from demo.day.stories.complaint import without_reach

MUSEUM = "moma"
_SAID = (
    (
        (
            "Harrowing images of war in the new photography exhibition at MoMA: bombs, hunger, "
            "dead children. Unforgettable, go and see it. #MoMA"
        ),
        "en",
        "13:20",
        64_000,
    ),
    (
        (
            "Las fotografías de la guerra en el MoMA son terribles: horror, dolor y muerte en cada "
            "sala. Una exposición magnífica, imprescindible. #MoMANYC"
        ),
        "es",
        "14:10",
        27_000,
    ),
)


def tell(stage: Stage) -> Story:
    """No alert, however many follow them: the works are dark, and nobody complains."""
    posts = (
        stage.write(text, language, stage.clock(MUSEUM, at), followers=stage.about(followers))
        for text, language, at, followers in _SAID
    )
    return together(
        *(
            without_reach(stage, post, "it is the works that are dark, not the visit")
            for post in posts
        )
    )
