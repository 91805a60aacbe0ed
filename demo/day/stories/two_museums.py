"""One complaint about two museums at once."""

from __future__ import annotations

from demo.day.stage import Stage, Story, together
from demo.day.stories.complaint import with_reach

MUSEUMS = ("museo-egizio", "british-museum")


def tell(stage: Stage) -> Story:
    """One alert for each museum."""
    post = stage.write(
        "Scambio di prestiti annullato senza avvisare chi aveva già il biglietto: pessimo, "
        "orribile, una vergogna per due grandi musei. #MuseoEgizio #BritishMuseum",
        "it",
        stage.clock("museo-egizio", "15:20"),
        followers=stage.about(27_000),
    )
    why = "one complaint about two museums; about 27,000 followers"
    told = [with_reach(museum_id, post, why) for museum_id in MUSEUMS]
    both = together(*told)
    return Story(lines=told[0].lines, expected=both.expected)
