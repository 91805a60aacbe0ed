"""A museum's activity: each post of its last hours counts once, whatever is repeated. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from schemas import Complaint, CopiedStory, MuseumActivity, TopPost, Unusual

from .stories import Story
from .unusual.outlook import Alarm, Outlook
from .voice import Voice

WINDOW = timedelta(hours=6)
_LAST_HOUR = timedelta(hours=1)
_TOP = 5


def activity(
    museum_id: str,
    voices: Mapping[str, Voice],
    stories: Iterable[Story],
    outlook: Outlook,
    alarms: Iterable[Alarm],
    at: datetime,
) -> MuseumActivity:
    """Count a museum's posts, by id, of the hours up to ``at``; later ones are left for later.

    ``stories`` are those of several posts; ``outlook`` says what is usual, ``alarms`` what is
    unusual now.
    """
    window = {key: said for key, said in voices.items() if at - WINDOW < said.at <= at}
    judged = [said for said in window.values() if said.label is not None]
    negative = sum(said.label == "negative" for said in judged)
    return MuseumActivity(
        museum_id=museum_id,
        at=at,
        posts_last_hour=sum(said.at > at - _LAST_HOUR for said in window.values()),
        posts_window=len(window),
        window_hours=WINDOW // timedelta(hours=1),
        judged_window=len(judged),
        negative_window=negative,
        negative_share=negative / len(judged) if judged else None,
        viral_window=sum(said.viral for said in window.values()),
        top_posts=_top_posts(window),
        authors_window=len({said.imprint.author for said in window.values()}),
        state=outlook.state,
        closed=outlook.closed,
        usual_for=outlook.hour,
        usual_low=outlook.usual_low,
        usual_high=outlook.usual_high,
        burst_score=outlook.burst_score,
        burst_level=outlook.level,
        usual_share_low=round(outlook.usual_share_low, 4),
        usual_share_high=round(outlook.usual_share_high, 4),
        complaints=_complaints(judged),
        stories=_copied(stories, at),
        unusual=tuple(
            Unusual(
                kind=alarm.kind, since=alarm.since, level=alarm.level, explanation=alarm.sentence
            )
            for alarm in alarms
        ),
        explanation=f"{outlook.volume_sentence} {outlook.negative_sentence}",
    )


def _top_posts(window: Mapping[str, Voice]) -> tuple[TopPost, ...]:
    counted = (
        TopPost(post_id=key, weighted=said.weighted, score=said.score)
        for key, said in window.items()
        if said.weighted is not None and said.score is not None
    )
    return tuple(sorted(counted, key=lambda top: (-top.weighted, top.post_id))[:_TOP])


def _complaints(judged: Iterable[Voice]) -> tuple[Complaint, ...]:
    counts = Counter(aspect for said in judged for aspect in said.complaints)
    ordered = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(Complaint(aspect=aspect, posts=posts) for aspect, posts in ordered[:_TOP])


def _copied(stories: Iterable[Story], at: datetime) -> tuple[CopiedStory, ...]:
    """Return the stories that are told in the window, the most told first."""
    # The newest copies may be later than ``at``: the others are told nevertheless.
    told = [story for story in stories if story.first_at <= at < story.last_at + WINDOW]
    told.sort(key=lambda story: (-story.posts, story.story_id))
    return tuple(
        CopiedStory(
            story_id=story.story_id,
            posts=story.posts,
            authors=story.authors,
            platforms=story.platforms,
            coordinated=story.coordinated,
        )
        for story in told[:_TOP]
    )
