"""A museum's state: the same after any restart and any order, and copies weigh as one voice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import MuseumActivity
from schemas.understanding import Polarity
from services.enrich.museum_state import MuseumState
from services.enrich.stories import copy_of
from services.enrich.unusual.calendar import Calendar
from services.enrich.voice import Voice
from tests.unit.services.enrich.worlds import at

CALENDAR = Calendar()
SAME = "The queue at the Louvre is a scandal, never go there, share this with everybody!"


def said(post_id: str, minutes: float, label: Polarity | None = None, text: str = "") -> Voice:
    imprint = copy_of(
        post_id=post_id,
        thread=post_id,
        platform="x",
        at=at(minutes),
        text=text,
        links=(),
        author=None,
    )
    return Voice(
        at=at(minutes), label=label, weighted=None, score=None, viral=False, imprint=imprint
    )


def advance(museum: MuseumState, minutes: float) -> MuseumActivity:
    museum.advance(at(minutes), CALENDAR)
    return museum.speak(at(minutes), CALENDAR)


_voices = st.builds(
    said,
    st.sampled_from([f"x:{n}" for n in range(6)]),
    st.integers(-300, 100),
    st.none() | st.sampled_from(["negative", "positive"]),
    st.sampled_from(["", SAME]),
)


@given(st.lists(st.lists(_voices, max_size=4), min_size=2, max_size=6), st.data())
def test_after_a_restart_it_says_what_it_would_have_said(
    rounds: list[list[Voice]], data: st.DataObject
) -> None:
    restart = data.draw(st.integers(0, len(rounds) - 1))
    one, other = MuseumState("louvre", None, {}), MuseumState("louvre", None, {})
    voices: dict[str, Voice] = {}
    for number, posts in enumerate(rounds):
        if number == restart:
            other = MuseumState("louvre", other.row(), voices)
        for post in posts:
            post_id = post.imprint.post_id
            one.put(post_id, post)
            kept = other.put(post_id, post)
            assert kept is not None
            voices[post_id] = kept
        minutes = 105 + 5 * number
        assert advance(one, minutes) == advance(other, minutes)
        assert one.row() == other.row()


@given(st.lists(_voices, max_size=8, unique_by=lambda v: v.imprint.post_id), st.randoms())
def test_order_does_not_matter_nor_do_repeats(posts: list[Voice], random: Any) -> None:
    one, other = MuseumState("louvre", None, {}), MuseumState("louvre", None, {})
    shuffled = [*posts, *posts]
    random.shuffle(shuffled)
    for museum, events in ((one, posts), (other, shuffled)):
        for post in events:
            museum.put(post.imprint.post_id, post)
    assert advance(one, 105) == advance(other, 105)
    assert one.row() == other.row()


def test_what_is_gone_is_taken_out() -> None:
    museum = MuseumState("louvre", None, {})
    museum.put("x:1", said("x:1", -10, "negative"))
    museum.put("x:2", said("x:2", -10))
    assert museum.put("x:1", None) is None
    counted = advance(museum, 5)
    assert (counted.posts_last_hour, counted.negative_window) == (1, 0)


def test_a_raid_of_copies_is_called_one_and_counts_as_one_voice() -> None:
    museum = MuseumState("louvre", None, {})
    for number in range(8):
        post_id = f"x:{number}"
        museum.put(post_id, said(post_id, -number, "negative", SAME))
    [story] = advance(museum, 5).stories
    assert (story.posts, story.authors, story.coordinated) == (8, 8, True)
    assert "No post of the last six hours" not in (advance(museum, 10).explanation or "")
    assert "1 of the last 1 post (100%) are negative" in (advance(museum, 15).explanation or "")


def test_a_story_is_told_though_its_newest_copy_is_later() -> None:
    museum = MuseumState("louvre", None, {})
    for number in range(8):
        museum.put(f"x:{number}", said(f"x:{number}", -number, "negative", SAME))
    museum.put("x:later", said("x:later", 6, "negative", SAME))
    [story] = advance(museum, 5).stories
    assert story.coordinated


def test_what_was_read_days_ahead_counts_when_its_time_comes() -> None:
    voices = {f"x:{n}": said(f"x:{n}", 48 * 60 - 1 - n, "negative") for n in range(5)}
    running = MuseumState("louvre", None, {})
    advance(running, 0)
    for post_id, voice in voices.items():
        running.put(post_id, voice)
    restarted = MuseumState("louvre", running.row(), voices)
    for museum in (running, restarted):
        for minutes in range(5, 48 * 60 + 5, 5):
            museum.advance(at(minutes), CALENDAR)
        told = museum.speak(at(48 * 60), CALENDAR).explanation or ""
        assert "5 of the last 5 posts (100%) are negative" in told


def test_a_raid_is_weighed_again_only_where_that_changes_a_weight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    museum = MuseumState("louvre", None, {})
    counted: list[str] = []
    count = museum._count

    def noted(post_id: str) -> None:
        counted.append(post_id)
        count(post_id)

    monkeypatch.setattr(museum, "_count", noted)
    for number in range(300):
        museum.put(f"x:{number}", said(f"x:{number}", -number / 100, "negative", SAME))
    assert len(counted) < 300 + 15 * 60
