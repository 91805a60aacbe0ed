"""The score: its known properties, and figures that its makers published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nab import (
    LOW_MISSED,
    PROFILES,
    STANDARD,
    Judged,
    Profile,
    judge,
    normalise,
    position_score,
    probation,
)

ROWS = 2000
WINDOWS = [(600, 699), (1200, 1299)]


def score(detections: list[int], profile: Profile = STANDARD) -> float:
    return normalise([judge(ROWS, WINDOWS, detections, profile)], profile)


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_is_0_and_perfect_is_100(profile: Profile) -> None:
    assert score([], profile) == pytest.approx(0)
    assert score([first for first, _ in WINDOWS], profile) == pytest.approx(100)


def test_earlier_is_better_and_only_the_first_in_a_window_counts() -> None:
    scores = [score([row, 1200]) for row in (600, 630, 660, 699)]
    assert scores == sorted(scores, reverse=True)
    assert score([600, 601, 650, 1200]) == pytest.approx(100)


def test_a_false_alarm_costs_more_the_farther_it_is_behind_a_window() -> None:
    costs = [100 - score([600, 1200, row]) for row in (1301, 1330, 1400, 1900)]
    assert costs == sorted(costs)
    assert costs[-1] == pytest.approx(100 * 0.11 / (2 * 2), abs=1e-6)
    assert 100 - score([600, 1200, 500]) == pytest.approx(100 * 0.11 / (2 * 2))


def test_the_probation_is_not_judged() -> None:
    assert probation(ROWS) == 300
    assert probation(15_902) == 750
    assert score([0, 299, 600, 1200]) == pytest.approx(100)
    assert score([300, 600, 1200]) < 100


def test_a_missed_window_weighs_double_where_misses_are_dear() -> None:
    assert judge(ROWS, WINDOWS, [600], STANDARD).raw == pytest.approx(0)
    assert judge(ROWS, WINDOWS, [600], LOW_MISSED).raw == pytest.approx(-1)


@given(st.lists(st.integers(0, ROWS - 1), max_size=30))
def test_a_score_is_at_most_100(detections: list[int]) -> None:
    assert score(detections) <= 100 + 1e-9


def test_without_windows_there_is_no_score() -> None:
    with pytest.raises(ValueError, match="at least one window"):
        normalise([Judged(0, 0, 0, 0)], STANDARD)


# Published by the benchmark's makers, with the results of the detector ARTime.


@pytest.mark.parametrize(
    ("rows_behind", "published"),
    [(17, -0.029979367359425965), (5 * 152, -0.11)],
)
def test_the_published_weight_of_a_false_alarm(rows_behind: int, published: float) -> None:
    """exchange-3_cpm: a window of 153 rows, and what a false alarm costs behind it."""
    windows = [(1000, 1152)]
    nothing = judge(1538, windows, [], STANDARD).raw
    one = judge(5000, windows, [1152 + rows_behind], STANDARD).raw
    assert one - nothing == pytest.approx(published, rel=1e-12)


def test_a_published_score_of_a_series() -> None:
    """exchange-3_cpm: found in row 77 of 153, one false alarm before and one behind it."""
    windows = [(1000, 1152)]
    late = next(
        row for row in range(1153, 1608) if 0.11 * position_score((row - 1152) / 152) < -0.1098933
    )
    judged = judge(1538, windows, [500, 1076, late], STANDARD)
    assert (judged.found, judged.false) == (1, 2)
    assert judged.raw == pytest.approx(0.6422052124689215, abs=1e-9)


def test_a_published_score_where_all_was_missed() -> None:
    """art_daily_nojump: one window missed, one false alarm before it."""
    assert judge(4032, [(2787, 3189)], [1000], STANDARD).raw == pytest.approx(-1.11)


def test_the_published_score_of_the_whole_benchmark() -> None:
    """ARTime: a raw sum of 57.66 over 116 windows is given as 74.9."""
    judged = Judged(57.66075157860637, 116, 0, 0)
    assert round(normalise([judged], STANDARD), 1) == 74.9
