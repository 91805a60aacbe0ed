"""A museum's last hours, counted from its posts, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import Match, MatchKind
from services.enrich.activity import Voice, activity, outlived, voice
from services.enrich.post_row import fold_post, fold_snapshot
from services.enrich.score import enriched_posts
from services.enrich.usual import Usual
from tests.unit.services.enrich.worlds import NOW, at, make_post, make_snapshot, understand

_labels = st.none() | st.sampled_from(["negative", "neutral", "positive"])
voices = st.builds(
    Voice,
    at=st.integers(-600, 60).map(at),
    label=_labels,
    weighted=st.none() | st.floats(0, 1e6),
    score=st.none() | st.floats(0, 100),
    viral=st.booleans(),
)


def make_voice(minutes: float, **fields: Any) -> Voice:
    given = {"at": at(minutes), "label": None, "weighted": None, "score": None, "viral": False}
    return Voice.model_validate(given | fields)


def enriched(*museums: str, **fields: Any) -> Any:
    post = make_post(1, *museums, **fields)
    row = fold_post(None, post, understand(post), Usual())
    row = fold_snapshot(row, make_snapshot(9, likes=7), Usual())
    return enriched_posts(row)[1][0]


def test_a_silent_museum_says_so_with_zeros() -> None:
    said = activity("louvre", {}, NOW)
    assert (said.posts_last_hour, said.posts_window, said.viral_window) == (0, 0, 0)
    assert said.negative_share is None
    assert said.top_posts == ()
    assert said.window_hours == 6


def test_windows_end_at_the_instant_and_begin_just_after_their_start() -> None:
    said = activity(
        "louvre",
        {
            "x:1": make_voice(0),
            "x:2": make_voice(0.1),
            "x:3": make_voice(-60),
            "x:4": make_voice(-59.9),
            "x:5": make_voice(-360),
            "x:6": make_voice(-359.9),
        },
        NOW,
    )
    assert said.posts_last_hour == 2
    assert said.posts_window == 4


@given(voices, st.integers(-600, 60).map(at))
def test_what_has_outlived_is_never_counted_again(said: Voice, now: Any) -> None:
    if outlived(said, now):
        assert activity("louvre", {"x:1": said}, now).posts_window == 0
        assert outlived(said, now + timedelta(minutes=1))
    elif said.at <= now:
        assert activity("louvre", {"x:1": said}, now).posts_window == 1


@given(st.dictionaries(st.from_regex(r"\Ax:[a-z]{1,3}\Z"), voices, max_size=12), st.randoms())
def test_counts_agree_and_order_does_not_matter(
    given_voices: dict[str, Voice], random: Any
) -> None:
    said = activity("louvre", given_voices, NOW)
    keys = list(given_voices)
    random.shuffle(keys)
    assert activity("louvre", {key: given_voices[key] for key in keys}, NOW) == said
    assert said.posts_last_hour <= said.posts_window
    assert said.negative_window <= said.judged_window <= said.posts_window
    assert said.viral_window <= said.posts_window
    weights = [top.weighted for top in said.top_posts]
    assert weights == sorted(weights, reverse=True)
    assert len(said.top_posts) <= 5


def test_only_judged_posts_have_a_share() -> None:
    said = activity(
        "louvre",
        {
            "x:1": make_voice(-1, label="negative"),
            "x:2": make_voice(-1, label="positive"),
            "x:3": make_voice(-1),
        },
        NOW,
    )
    assert said.negative_share == 0.5


def test_a_voice_is_what_a_post_adds_and_has_no_text() -> None:
    said = voice(enriched("louvre", text="secret words"))
    assert said is not None
    assert said.weighted == 7
    assert "secret" not in said.model_dump_json()
    assert said.at == NOW


def test_a_clock_that_is_ahead_does_not_put_a_post_into_the_future() -> None:
    said = voice(enriched("louvre", created_at=at(600), observed_at=at(5)))
    assert said is not None
    assert said.at == at(5)


def test_the_museums_own_posts_are_no_visitors_voices() -> None:
    own = [Match(museum_id="louvre", kind=MatchKind.OWN, value="@louvre")]
    assert voice(enriched(matches=own)) is None
