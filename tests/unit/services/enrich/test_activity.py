"""A museum's last hours, counted from its posts, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import Match, MatchKind, MuseumActivity
from services.enrich.activity import activity as count
from services.enrich.post_row import fold_post, fold_snapshot
from services.enrich.score import enriched_posts
from services.enrich.stories import Copy
from services.enrich.unusual.outlook import Outlook
from services.enrich.usual import Usual
from services.enrich.voice import Voice, voice
from tests.unit.services.enrich.worlds import NOW, at, make_post, make_snapshot, understand

_labels = st.none() | st.sampled_from(["negative", "neutral", "positive"])
IMPRINT = {
    "post_id": "x:1", "thread": "x:1", "platform": "x", "at": NOW, "author": "ada",
    "established": True,
}  # fmt: skip
voices = st.builds(
    Voice,
    at=st.integers(-600, 60).map(at),
    label=_labels,
    weighted=st.none() | st.floats(0, 1e6),
    score=st.none() | st.floats(0, 100),
    viral=st.booleans(),
    complaints=st.just(()),
    imprint=st.just(Copy.model_validate(IMPRINT)),
)
LEARNING = Outlook(
    NOW, "learning", True, "Monday 12:00", False, 0, 0, 3, 0.0, None, False, 0, False, 0, 0, None,
    0.05, 0.2, None,
)  # fmt: skip


def make_voice(minutes: float, **fields: Any) -> Voice:
    given = {"at": at(minutes), "label": None, "weighted": None, "score": None, "viral": False}
    return Voice.model_validate(given | {"imprint": IMPRINT} | fields)


def activity(museum_id: str, voices: dict[str, Voice], now: datetime) -> MuseumActivity:
    return count(museum_id, voices, (), LEARNING, (), now)


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


def test_complaints_are_counted_by_the_posts_that_name_them() -> None:
    said = activity(
        "louvre",
        {
            "x:1": make_voice(-1, label="negative", complaints=("queue", "heat")),
            "x:2": make_voice(-2, label="negative", complaints=("queue",)),
            "x:3": make_voice(-400, label="negative", complaints=("staff",)),
        },
        NOW,
    )
    assert [(one.aspect, one.posts) for one in said.complaints] == [("queue", 2), ("heat", 1)]


def test_a_complaint_is_an_aspect_of_the_visit_in_a_negative_post() -> None:
    text = "Two hours in the queue, terrible. The paintings are dreadful too."
    post = enriched("louvre", text=text)
    assert {aspect.aspect for aspect in post.aspects} >= {"queue"}
    said = voice(post.model_copy(update={"visit": None}))
    assert said is not None
    assert said.complaints == (() if said.label != "negative" else ("queue",))


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
