"""What is usual: the same sums and the same answer whatever the order, and only when it is due."""

from __future__ import annotations

import math
import statistics
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Moments, NormSums
from services.enrich.norms import DAILY_WEIGHT, ENOUGH_POSTS, Norms, Value, prior, sum_day

BETA = 0.5
DAY = date(2026, 6, 1)
values = st.builds(
    Value,
    platform=st.sampled_from(["mastodon", "bluesky"]),
    bucket=st.integers(0, 15),
    day=st.sampled_from([DAY, DAY - timedelta(days=1)]),
    weighted_log=st.floats(0, 20),
    audience_log=st.none() | st.floats(0, 20),
)


def make_sums(
    partition: int = 0,
    day: date = DAY,
    *,
    known: list[tuple[float, float]] = [],  # noqa: B006
    unknown: list[float] = [],  # noqa: B006
) -> NormSums:
    drawn = [Value("mastodon", 5, day, weighted, audience) for weighted, audience in known]
    drawn += [Value("mastodon", 5, day, weighted, None) for weighted in unknown]
    [sums] = sum_day(drawn, day, partition, BETA)
    return sums


def norms_of(sums: list[NormSums]) -> Norms:
    norms = Norms(BETA)
    for one in sums:
        norms.put(one.key, one)
    return norms


@given(st.lists(values, max_size=60), st.randoms(use_true_random=False))
def test_shuffled_values_give_the_same_sums(drawn: list[Value], random: Random) -> None:
    shuffled = list(drawn)
    random.shuffle(shuffled)
    assert sum_day(shuffled, DAY, 3, BETA) == sum_day(drawn, DAY, 3, BETA)


def test_many_values_give_the_same_sums_to_the_last_bit() -> None:
    random = Random(7)
    drawn = [
        Value("mastodon", 5, DAY, random.lognormvariate(1, 2), random.lognormvariate(1, 1))
        for _ in range(1_000)
    ]
    expected = sum_day(drawn, DAY, 3, BETA)
    for _ in range(20):
        random.shuffle(drawn)
        assert sum_day(drawn, DAY, 3, BETA) == expected


@given(st.lists(values, max_size=60))
def test_only_the_day_counts_and_nothing_is_left_out(drawn: list[Value]) -> None:
    sums = sum_day(drawn, DAY, 3, BETA)
    of_day = [value for value in drawn if value.day == DAY]
    assert sum(one.known.n + one.unknown.n for one in sums) == len(of_day)
    assert sum(one.followers.n for one in sums) == sum(v.audience_log is not None for v in of_day)
    assert {(one.platform, one.bucket) for one in sums} == {(v.platform, v.bucket) for v in of_day}
    assert {(one.day, one.partition) for one in sums} <= {(DAY, 3)}


_several = st.lists(
    st.builds(
        NormSums,
        platform=st.just("mastodon"),
        bucket=st.just(5),
        day=st.sampled_from([DAY - timedelta(days=n) for n in range(2, 6)]),
        partition=st.integers(0, 3),
        known=st.builds(
            Moments, n=st.integers(0, 400), total=st.floats(-9, 900), squares=st.floats(0, 9_000)
        ),
        unknown=st.builds(
            Moments, n=st.integers(1, 400), total=st.floats(0, 900), squares=st.floats(0, 9_000)
        ),
        followers=st.builds(
            Moments, n=st.integers(0, 400), total=st.floats(0, 900), squares=st.floats(0, 9_000)
        ),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda sums: sums.key,
)


@given(_several, st.randoms(use_true_random=False))
def test_shuffled_and_doubled_sums_give_the_same_norm(sums: list[NormSums], random: Random) -> None:
    disturbed = sums * 2
    random.shuffle(disturbed)
    expected = norms_of(sums).norm("mastodon", 5, DAY)
    assert norms_of(disturbed).norm("mastodon", 5, DAY) == expected
    assert math.isfinite(expected.mean)
    assert expected.spread >= 0


def test_until_enough_posts_are_known_the_prior_holds() -> None:
    days = DAY + timedelta(days=2)
    few = norms_of([make_sums(unknown=[3.0] * (ENOUGH_POSTS - 1))])
    assert few.norm("mastodon", 5, days) == prior(5)
    split = norms_of([make_sums(0, unknown=[3.0] * 150), make_sums(1, unknown=[3.0] * 150)])
    assert split.norm("mastodon", 5, days).source == "learned"
    assert split.norm("mastodon", 4, days) == prior(4)
    assert split.norm("bluesky", 5, days) == prior(5)


def test_sums_are_in_force_from_the_second_midnight_on() -> None:
    norms = norms_of([make_sums(unknown=[3.0] * ENOUGH_POSTS)])
    assert norms.norm("mastodon", 5, DAY).source == "prior"
    assert norms.norm("mastodon", 5, DAY + timedelta(days=1)).source == "prior"
    assert norms.norm("mastodon", 5, DAY + timedelta(days=2)).source == "learned"


def test_what_is_asked_before_the_sums_came_is_asked_again() -> None:
    norms = Norms(BETA)
    later = DAY + timedelta(days=2)
    assert norms.norm("mastodon", 5, later).source == "prior"
    sums = make_sums(unknown=[3.0] * ENOUGH_POSTS)
    norms.put(sums.key, sums)
    assert norms.norm("mastodon", 5, later).source == "learned"
    norms.put(sums.key, None)
    assert norms.norm("mastodon", 5, later).source == "prior"
    assert not norms.has(sums.key)
    norms.put(sums.key, None)


def test_the_norm_is_mean_and_spread_of_the_logs() -> None:
    logs = [0.5, 1.0, 1.5, 4.0] * 100
    norm = norms_of([make_sums(unknown=logs)]).norm("mastodon", 5, DAY + timedelta(days=2))
    assert norm.mean == pytest.approx(statistics.fmean(logs))
    assert norm.spread == pytest.approx(statistics.pstdev(logs))


def test_an_audience_is_taken_out_and_the_usual_one_put_back() -> None:
    # Engagement that is as usual for each audience has no spread but rounding.
    posts = [(2.0 + BETA * audience, audience) for audience in (0.0, 4.0, 8.0)] * 100
    norm = norms_of([make_sums(known=posts)]).norm("mastodon", 5, DAY + timedelta(days=2))
    assert norm.audience == pytest.approx(4.0)
    assert norm.mean == pytest.approx(2.0 + BETA * 4.0)
    assert norm.spread == pytest.approx(0, abs=1e-6)


def test_what_is_older_counts_less() -> None:
    old = make_sums(0, DAY - timedelta(days=10), unknown=[0.0] * 300)
    new = make_sums(0, DAY, unknown=[1.0] * 300)
    norm = norms_of([old, new]).norm("mastodon", 5, DAY + timedelta(days=2))
    assert norm.mean == pytest.approx(1 / (1 + DAILY_WEIGHT**10))


def test_old_sums_are_named_to_be_forgotten() -> None:
    kept = make_sums(1, DAY - timedelta(days=120), unknown=[1.0])
    old = make_sums(1, DAY - timedelta(days=121), unknown=[1.0])
    others = make_sums(2, DAY - timedelta(days=121), unknown=[1.0])
    assert norms_of([kept, old, others]).outlived(1, DAY) == [old.key]


@pytest.mark.parametrize("bucket", range(15))
def test_by_the_prior_older_posts_have_more(bucket: int) -> None:
    assert prior(bucket).mean < prior(bucket + 1).mean
    assert prior(15).mean == math.log1p(4)
