"""The air conditioning breaks down: loud complaints, one that spreads, a thread, small ones."""

from __future__ import annotations

from demo.day.lines import post_line
from demo.day.stage import Stage, Story, seen, together
from demo.day.stories.complaint import NEGATIVE, with_reach, without_reach
from demo.day.truth import Expected

MUSEUM = "moma"


def tell(stage: Stage) -> Story:
    """An alert for each complaint that many can see; the replies to one belong to its story."""
    first = stage.write(
        "Air conditioning broken at MoMA and nobody says so before you pay. 31 degrees in the "
        "galleries, terrible air, awful service, the worst visit in years. #MoMA",
        "en",
        stage.clock(MUSEUM, "10:50"),
        followers=stage.about(24_000),
    )
    second = stage.write(
        "Sin aire acondicionado en el MoMA: calor horrible y ni una disculpa. Una vergüenza, un "
        "servicio pésimo. #MoMANYC",
        "es",
        stage.clock(MUSEUM, "11:35"),
        followers=stage.about(31_000),
        platform="threads",
    )
    reply = stage.write(
        "Same here, awful. We left after ten minutes, a terrible waste of money. #MoMA",
        "en",
        stage.clock(MUSEUM, "12:20"),
        followers=stage.about(18_000),
        reply_to=first.post_id,
    )
    return together(
        with_reach(MUSEUM, first, "no air conditioning; the author has about 24,000 followers"),
        with_reach(MUSEUM, second, "no air conditioning; the author has about 31,000 followers"),
        Story(lines=(post_line(reply, seen(reply)), *stage.looks(reply, [(1, 9), (3, 20)]))),
        _spreading(stage),
        *_small(stage),
    )


def _spreading(stage: Stage) -> Story:
    post = stage.write(
        "They let my grandmother faint in the heat at MoMA. Disgraceful, horrible, I am so "
        "angry. #MoMA",
        "en",
        stage.clock(MUSEUM, "11:05"),
        followers=stage.about(340),
    )
    looks = stage.looks(post, [(0.4, 5), (1.6, 260), (3, 600)])
    expected = Expected(
        museum_id=MUSEUM,
        story_id=post.post_id,
        rules=(NEGATIVE, "viral_post"),
        why="a complaint from about 340 followers spreads: both rules, one notification",
        after=looks[1].at,
    )
    return Story(lines=(post_line(post, seen(post)), *looks), expected=(expected,))


def _small(stage: Stage) -> list[Story]:
    texts = (
        ("So hot at MoMA today. Terrible, we left early. #MoMA", "en", "11:20", 150),
        ("The heat at MoMA is awful, somebody fix the air conditioning. #MoMA", "en", "12:40", 620),
        ("Qué calor horrible en el MoMA, muy decepcionante. #MoMANYC", "es", "13:10", 75),
    )
    return [
        without_reach(
            stage,
            stage.write(text, language, stage.clock(MUSEUM, at), followers=stage.about(followers)),
            "no air conditioning, but hardly anybody reads it",
        )
        for text, language, at, followers in texts
    ]
