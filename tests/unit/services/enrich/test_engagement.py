"""Engagement against the usual: 50 at the usual, more for more, and never what is no number."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas import COUNTERS, Counters
from services.enrich.engagement import (
    AGE_BUCKETS_HOURS,
    age_bucket,
    age_hours,
    audience,
    deviation,
    score_engagement,
    weigh,
)
from services.enrich.norms import Norm, prior
from tests.unit.services.enrich.worlds import at

counts = st.none() | st.integers(0, 2**53)
counters = st.builds(Counters, **dict.fromkeys(COUNTERS, counts))
followers = st.none() | st.integers(0, 2**53)
hours = st.floats(0, 10_000, allow_nan=False)
buckets = st.integers(0, 15)
norms = st.builds(
    Norm,
    mean=st.floats(-5, 50),
    spread=st.floats(0, 40),
    audience=st.floats(0, 40),
    source=st.just("learned"),
)
HALF_A_DAY = prior(11)


def test_weights_are_those_of_the_page() -> None:
    one_each = Counters(likes=1, replies=1, reposts=1, quotes=1, bookmarks=1, views=1000)
    assert weigh(one_each, "mastodon") == 1 + 2 + 3 + 3 + 3
    assert weigh(one_each, "instagram") == weigh(one_each, "tiktok") == 13
    assert weigh(one_each, "youtube") == 14


@given(counters, st.sampled_from(COUNTERS))
def test_an_absent_counter_drops_out(given_counters: Counters, name: str) -> None:
    absent = given_counters.model_copy(update={name: None})
    zero = given_counters.model_copy(update={name: 0})
    assert weigh(absent, "mastodon") == weigh(zero, "mastodon")


def test_a_post_without_any_counter_that_weighs_has_no_score() -> None:
    assert score_engagement(Counters(), "mastodon", 10, 1, prior(4)) is None
    assert score_engagement(Counters(views=10_000), "mastodon", 10, 1, prior(4)) is None
    assert score_engagement(Counters(likes=0), "mastodon", 10, 1, prior(4)) is not None


@pytest.mark.parametrize("bucket", range(16))
def test_the_usual_is_50_and_one_deviation_more_84(bucket: int) -> None:
    norm = prior(bucket)
    assert deviation(math.expm1(norm.mean), None, norm) == pytest.approx(0)
    assert deviation(math.expm1(norm.mean), norm.audience, norm) == pytest.approx(0)
    exact = Norm(math.log1p(7), 1.0, math.log1p(500), "learned")
    usual = score_engagement(Counters(likes=7), "mastodon", 500, 3, exact)
    assert usual is not None
    assert usual.score == 50
    above = Norm(math.log1p(7) - 1, 1.0, math.log1p(500), "learned")
    high = score_engagement(Counters(likes=7), "mastodon", 500, 3, above)
    assert high is not None
    assert high.score == pytest.approx(84.13)


@given(st.integers(0, 10**6), st.integers(1, 10**6), followers, norms)
def test_more_likes_at_the_same_age_never_score_less(
    likes: int, more: int, known: int | None, norm: Norm
) -> None:
    few = score_engagement(Counters(likes=likes), "mastodon", known, 3, norm)
    many = score_engagement(Counters(likes=likes + more), "mastodon", known, 3, norm)
    assert few is not None
    assert many is not None
    assert many.score >= few.score


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6), norms)
def test_more_followers_never_make_it_more_unusual(
    likes: int, known: int, more: int, norm: Norm
) -> None:
    small = score_engagement(Counters(likes=likes), "mastodon", known, 3, norm)
    large = score_engagement(Counters(likes=likes), "mastodon", known + more, 3, norm)
    assert small is not None
    assert large is not None
    assert large.score <= small.score


@given(counters, followers, hours, norms)
def test_a_score_is_always_a_number_in_its_bounds(
    given_counters: Counters, known: int | None, age: float, norm: Norm
) -> None:
    score = score_engagement(given_counters, "youtube", known, age, norm)
    assume(score is not None)
    assert score is not None
    assert 0 <= score.score <= 100
    assert 0 <= score.usual_low <= score.usual_high
    assert "nan" not in score.explanation.lower()
    assert "inf " not in score.explanation.lower()


def test_the_spread_is_never_taken_for_smaller_than_it_can_be() -> None:
    tight = Norm(1.0, 0.0, 0.0, "learned")
    assert deviation(math.expm1(1.3), None, tight) == pytest.approx(1)


def test_the_audience_is_the_greater_of_followers_and_views() -> None:
    assert audience(None, None) is None
    assert audience(None, 9_000) is None
    assert audience(100, None) == math.log1p(100)
    assert audience(100, 9_000) == math.log1p(3_000)
    assert audience(5_000, 9_000) == math.log1p(5_000)


@pytest.mark.parametrize("index", range(16))
def test_an_age_is_in_the_bucket_that_begins_with_it(index: int) -> None:
    lower = AGE_BUCKETS_HOURS[index]
    assert age_bucket(lower) == index
    if index:
        assert age_bucket(math.nextafter(lower, 0)) == index - 1


@given(hours)
def test_every_age_has_a_bucket(age: float) -> None:
    assert 0 <= age_bucket(age) <= 15
    assert age_bucket(age) <= age_bucket(age + 1)


def test_a_clock_that_is_ahead_makes_no_negative_age() -> None:
    assert age_hours(at(60), at(0)) == 0
    assert age_hours(at(0), at(90)) == 1.5


def test_the_explanation_says_the_numbers() -> None:
    norm = Norm(math.log1p(20), 0.5, math.log1p(800), "learned")
    score = score_engagement(Counters(likes=140), "instagram", 800, 3, norm)
    assert score is not None
    assert score.explanation == (
        "Engagement 100/100: 140 weighted interactions after 3.0 h; posts of this age from "
        "accounts of about 800 followers on instagram usually have 12 to 34."
    )
