"""A queue of two hours, complained of in French and Italian; one complaint reaches us twice."""

from __future__ import annotations

from demo.day.stage import Stage, Story, together
from demo.day.stories.complaint import with_reach, without_reach

MUSEUM = "louvre"


def tell(stage: Stage) -> Story:
    """An alert for each of the two that many can see; a repeated line changes nothing."""
    french = stage.write(
        "Deux heures de queue au Louvre avec un billet réservé. C'est une honte, une "
        "organisation scandaleuse, un accueil horrible. #Louvre",
        "fr",
        stage.clock(MUSEUM, "10:40"),
        followers=stage.about(52_000),
    )
    italian = stage.write(
        "Coda di due ore al Louvre con il biglietto prenotato. Vergogna: organizzazione pessima, "
        "esperienza orribile. #Louvre",
        "it",
        stage.clock(MUSEUM, "11:30"),
        followers=stage.about(19_000),
    )
    small = stage.write(
        "Deux heures d'attente au Louvre, c'est nul et décevant. #Louvre",
        "fr",
        stage.clock(MUSEUM, "11:50"),
        followers=stage.about(210),
    )
    unheard = stage.write(
        "Due ore di coda al Louvre, sono deluso. Pessimo. #Louvre",
        "it",
        stage.clock(MUSEUM, "12:25"),
        followers=stage.about(480),
        platform="instagram",
    )
    loud = with_reach(MUSEUM, french, "two hours of queue; about 52,000 followers")
    return together(
        loud,
        Story(lines=loud.lines),
        with_reach(MUSEUM, italian, "two hours of queue; about 19,000 followers"),
        without_reach(stage, small, "two hours of queue, but hardly anybody reads it"),
        without_reach(stage, unheard, "two hours of queue, but hardly anybody reads it"),
    )
