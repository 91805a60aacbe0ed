"""The hours of the last weeks: what comes again, and how long ago one was as big."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.unusual.hours import KEPT, Hours

WEEK = 168


def make_hours(counts: dict[int, int], last: int) -> Hours:
    hours = Hours()
    for hour in range(last + 1):
        hours.put(hour, 0)
        hours.put(hour, counts.get(hour, 1))
        hours.put(hour, 0)
    return hours


@given(count=st.integers(0, 5_000_000))
def test_a_count_is_kept_within_six_per_cent(count: int) -> None:
    hours = make_hours(dict.fromkeys(range(3), count), 20)
    assert hours.monthly(4 * WEEK + 1, 4) == pytest.approx(count, rel=0.07, abs=0.5)
    if count <= 8:
        assert round(hours.monthly(4 * WEEK + 1, 4)) == count


def test_weekly_is_what_came_in_both_weeks() -> None:
    hours = make_hours({10: 40, WEEK + 11: 30, WEEK + 50: 99}, 2 * WEEK)
    assert hours.weekly(2 * WEEK + 10) == pytest.approx(30, rel=0.07)
    assert hours.weekly(2 * WEEK + 50) == pytest.approx(1, rel=0.07)


def test_monthly_asks_one_day() -> None:
    hours = make_hours({10: 40}, 5 * WEEK)
    assert hours.monthly(5 * WEEK + 10, 5) == pytest.approx(40, rel=0.07)
    assert hours.monthly(5 * WEEK + 10, 4) == pytest.approx(1, rel=0.07)
    assert hours.monthly(5 * WEEK + 10, 0) == 0


def test_what_was_before_the_beginning_is_nothing() -> None:
    assert make_hours({}, 5).weekly(2 * WEEK) == 0


def test_how_long_no_hour_was_as_big() -> None:
    hours = make_hours({5: 40}, 500)
    assert hours.days_since(500, 40) == (math.floor(495 / 24), True)
    assert hours.days_since(500, 60) == (20, False)
    assert hours.days_since(500, 1) == (0, True)


def test_the_ring_forgets_after_six_weeks() -> None:
    hours = make_hours({5: 40}, KEPT + 10)
    assert hours.days_since(KEPT + 10, 40) == (41, False)


def test_hours_left_out_were_empty() -> None:
    hours = make_hours({5: 40}, 10)
    hours.put(100, 7)
    assert hours.known == 101
    assert hours.days_since(101, 40) == (4, True)
    hours.put(100 + 3 * KEPT, 7)
    assert hours.known == KEPT
    assert hours.days_since(101 + 3 * KEPT, 8) == (42, False)


def test_a_copy_goes_its_own_way() -> None:
    hours = make_hours({}, 10)
    copy = hours.copy()
    copy.put(10, 500)
    assert hours.days_since(11, 100)[1] is False
    assert copy.days_since(11, 100) == (0, True)
