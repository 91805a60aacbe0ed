"""Goya's works, praised in dark words in five languages."""

from __future__ import annotations

from demo.day.stage import Stage, Story, together
from demo.day.stories.complaint import without_reach
from demo.day.texts import STOCKS
from demo.day.venues import VENUES

MUSEUM = "prado"


def tell(stage: Stage) -> Story:
    """No alert: what is dark is the work, not the visit, and few read it."""
    at = next(venue.at for venue in VENUES if venue.museum_id == MUSEUM)
    posts = (
        stage.write(
            f"{sentence.format(at=at[stock.language])} #MuseoDelPrado #Goya",
            stock.language,
            stage.clock(MUSEUM, f"{stage.rng.randint(11, 18)}:30"),
            followers=stage.about(300),
        )
        for stock in STOCKS.values()
        for sentence in stock.dark
    )
    return together(
        *(without_reach(stage, post, "a work described in dark words") for post in posts)
    )
