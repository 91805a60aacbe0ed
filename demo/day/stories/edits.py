"""Edited posts: one into a complaint, then once more; one so that it is about no museum."""

from __future__ import annotations

from datetime import timedelta

from demo.day.lines import edit_line, post_line
from demo.day.stage import Stage, Story, seen, together
from demo.day.stories.complaint import NEGATIVE
from demo.day.truth import Expected, Forbidden


def tell(stage: Stage) -> Story:
    """One alert for the first, when it turns into a complaint; none for the second."""
    return together(_into_complaint(stage), _away(stage))


def _into_complaint(stage: Stage) -> Story:
    museum_id = "deutsches-museum"
    post = stage.write(
        "Weiß jemand, ob das Planetarium heute geöffnet ist? #DeutschesMuseum",
        "de",
        stage.clock(museum_id, "09:40"),
        followers=stage.about(16_000),
    )
    complaint = (
        "Nachtrag: Planetarium ohne Ansage geschlossen, die Auskunft schrecklich. Eine Schande, "
        "wir sind entäuscht und wütend, schlechter Service. #DeutschesMuseum"
    )
    first = seen(post) + timedelta(hours=2.2)
    second = first + timedelta(minutes=25)
    turned = edit_line(post, complaint, first)
    mended = edit_line(post, complaint.replace("entäuscht", "enttäuscht"), second)
    expected = Expected(
        museum_id=museum_id,
        story_id=post.post_id,
        rules=(NEGATIVE,),
        why="an edit turns a question into a complaint; about 16,000 followers",
        after=turned.at,
    )
    return Story(lines=(post_line(post, seen(post)), turned, mended), expected=(expected,))


def _away(stage: Stage) -> Story:
    post = stage.write(
        "Cola horrible en la puerta, un servicio pésimo, qué vergüenza. #MuseoDelPrado",
        "es",
        stage.clock("prado", "09:30"),
        followers=stage.about(240),
    )
    edited = edit_line(
        post,
        "Corrijo: la cola horrible era en la estación, un servicio pésimo, qué vergüenza.",
        seen(post) + timedelta(hours=1.2),
        released=True,
    )
    early = stage.looks(post, [(0.6, 3)])
    after = stage.looks(post, [(9, 400), (11, 900)])
    forbidden = Forbidden(
        story_id=post.post_id,
        why="spreads only after an edit took the museum out of it",
    )
    return Story(
        lines=(post_line(post, seen(post)), *early, edited, *after), forbidden=(forbidden,)
    )
