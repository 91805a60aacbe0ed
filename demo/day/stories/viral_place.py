"""A film of the Great Court goes viral; no tag and no name, only the place where it was made."""

from __future__ import annotations

from demo.day.lines import post_line
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Expected


def tell(stage: Stage) -> Story:
    """One alert: a post geotagged at the museum is about the museum."""
    film = stage.write(
        "The Great Court before the doors open. Listen to that silence and look at that roof!",
        "en",
        stage.clock("british-museum", "10:05"),
        followers=stage.about(45_000),
        platform="threads",
        geo=stage.place("british-museum"),
    )
    looks = stage.looks(film, [(0.4, 35), (1.5, 1_200), (3, 3_800), (6, 7_500), (12, 9_000)])
    return Story(
        lines=(post_line(film, seen(film)), *looks),
        expected=(
            Expected(
                museum_id="british-museum",
                story_id=film.post_id,
                rules=("viral_post",),
                why="a film made at the museum goes viral, known by its place alone",
                after=looks[1].at,
            ),
        ),
    )
