"""A photo by somebody whom few follow goes viral; looks come twice, late, and with fewer likes."""

from __future__ import annotations

from datetime import timedelta

from demo.day.growth import counters
from demo.day.lines import post_line, snapshot_line
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Expected


def tell(stage: Stage) -> Story:
    """One alert, at the first look that finds far more than usual, and never a second."""
    photo = stage.write(
        "Stamattina la Galleria dei Re era tutta per me. Scattata con il telefono, che luce! "
        "#MuseoEgizio #Torino",
        "it",
        stage.clock("museo-egizio", "11:10"),
        followers=stage.about(900),
    )
    growth = [(0.35, 12), (1, 160), (2, 700), (3.2, 1_500), (6, 2_600), (9, 3_100), (11, 1_900)]
    looks = stage.looks(photo, growth)
    late = snapshot_line(
        photo,
        photo.created_at + timedelta(hours=1.5),
        counters(photo.platform, 400),
        late_at=photo.created_at + timedelta(hours=2.4),
    )
    return Story(
        lines=(post_line(photo, seen(photo)), *looks, looks[2], late),
        expected=(
            Expected(
                museum_id="museo-egizio",
                story_id=photo.post_id,
                rules=("viral_post",),
                why="a photo goes viral from an account of about 900 followers",
                after=looks[1].at,
            ),
        ),
    )
