"""The burst rule: what it learns, when it calls, and that it calls an episode once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, bin_of
from services.enrich.unusual.burst import ALERT, Burst
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.tails import usual_counts
from tests.unit.services.enrich.unusual.worlds import CALENDAR, START

FIRST = bin_of(START)
NOON = 12 * HOUR_BINS


def fold(
    counts: Sequence[int], *, calendar: Calendar = CALENDAR, burst: Burst | None = None
) -> tuple[Burst, list[int]]:
    """Fold counts from START on; return the places at which an episode opened."""
    burst = burst or Burst()
    opened = []
    for place in range(burst.age, len(counts)):
        before = burst.opened
        half = sum(counts[max(0, place - 5) : place + 1])
        whole = sum(counts[max(0, place - 11) : place + 1])
        burst.fold(FIRST + place, calendar.hour(FIRST + place), half, whole)
        if burst.opened != before:
            opened.append(place)
    return burst, opened


def days(chance: Random, count: int, per_bin: float = 1.0) -> list[int]:
    """Return Poisson-like counts: the sum of many small chances."""
    return [sum(chance.random() < per_bin / 20 for _ in range(20)) for _ in range(count * DAY_BINS)]


def test_a_jump_is_called_once() -> None:
    counts = days(Random(1), 16)
    place = 15 * DAY_BINS + NOON
    for near in range(30):
        counts[place + near] += 10
    burst, opened = fold(counts)
    assert len(opened) == 1
    assert place <= opened[0] <= place + 6
    assert not burst.open


def test_nothing_is_called_in_the_first_three_days() -> None:
    counts = days(Random(1), 3)
    counts[2 * DAY_BINS] += 100
    assert fold(counts)[1] == []


def test_a_rise_without_any_jump_is_called_within_two_hours() -> None:
    counts = [2 + (place % 3 == 0) for place in range(20 * DAY_BINS)]
    place = 19 * DAY_BINS
    for near in range(place, 20 * DAY_BINS):
        counts[near] = round(2.3 * 5 ** min(1.0, (near - place) / HOUR_BINS))
    _, opened = fold(counts)
    assert len(opened) == 1
    assert opened[0] - place <= 2 * HOUR_BINS


def test_five_posts_at_night_are_no_burst_where_luck_explains_them() -> None:
    counts = days(Random(3), 20, per_bin=0.25)
    place = 19 * DAY_BINS + NOON
    counts[place] += 5
    assert fold(counts)[1] == []


def test_the_same_hour_of_every_week_is_quiet_from_the_third_time() -> None:
    counts = days(Random(5), 6 * 7)
    places = [week * 7 * DAY_BINS + 3 * DAY_BINS + 18 * HOUR_BINS for week in range(6)]
    for place in places:
        for near in range(24):
            counts[place + near] += 5
    _, opened = fold(counts)
    assert [place for place in opened if place > places[2] - DAY_BINS] == []
    assert opened


def test_a_free_sunday_that_is_as_last_month_is_quiet() -> None:
    counts = days(Random(6), 64)
    april, may = 34, 62
    assert [f"{START + timedelta(days=day):%a %d %m}" for day in (april, may)] == [
        "Sun 05 04",
        "Sun 03 05",
    ]
    for day in (april, may):
        for near in range(day * DAY_BINS + 9 * HOUR_BINS, day * DAY_BINS + 18 * HOUR_BINS):
            counts[near] += 2
    called = {place // DAY_BINS for place in fold(counts)[1]}
    assert april in called
    assert may not in called


def test_an_announced_day_is_quiet_and_teaches_nothing() -> None:
    counts = days(Random(8), 20)
    sunday = 13 * DAY_BINS
    for near in range(9 * HOUR_BINS, 18 * HOUR_BINS):
        counts[sunday + near] += 2
    announced = Calendar(CALENDAR.timezone, announced={(START + timedelta(days=13)).date(): 3.0})
    assert fold(counts)[1]
    assert fold(counts, calendar=announced)[1] == []
    before, _ = fold(counts[:sunday], calendar=announced)
    after, _ = fold(counts[: sunday + DAY_BINS], calendar=announced)
    assert after.whole == before.whole


def test_a_closed_day_teaches_nothing() -> None:
    counts = days(Random(9), 4)
    counts += [0] * DAY_BINS
    closed = Calendar(CALENDAR.timezone, closures=frozenset({(START + timedelta(days=4)).date()}))
    before, _ = fold(counts[: 4 * DAY_BINS], calendar=closed)
    after, _ = fold(counts, calendar=closed)
    assert after.whole == before.whole
    assert after.age == before.age + DAY_BINS


def test_the_usual_range_is_learned() -> None:
    counts = days(Random(10), 28, per_bin=1.0)
    burst, _ = fold(counts)
    low, high = usual_counts(burst.expected, burst.whole.phi)
    assert 5 <= low <= 10
    assert 14 <= high <= 19


@given(
    counts=st.lists(
        st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 65_000)),
        min_size=300,
        max_size=600,
    )
)
@settings(max_examples=30, deadline=None)
def test_whatever_comes_the_numbers_stay_numbers(counts: list[int]) -> None:
    burst, _ = fold([*counts, *[0] * 900, *counts])
    for usual in (burst.half, burst.whole):
        assert all(map(math.isfinite, (usual.level, usual.variance, usual.phi, *usual.shape)))
        assert usual.variance >= 0
        assert 0.005 <= usual.phi <= 1.5
        assert all(0.05 - 1e-6 <= slot <= 10 for slot in usual.shape)
    assert 0 <= burst.score <= 100
    assert burst.level in (None, "notice", "alert", "major")
    assert (burst.score >= 50) == (burst.evidence >= ALERT)


@pytest.mark.parametrize("cut", [1, 700, 4000])
def test_a_copy_goes_on_as_the_first(cut: int) -> None:
    counts = days(Random(11), 16)
    counts[15 * DAY_BINS] += 60
    begun, early = fold(counts[:cut])
    copy = begun.copy()
    fold([*counts[:cut], *[50] * 20], burst=begun)
    ended, late = fold(counts, burst=copy)
    whole, opened = fold(counts)
    assert ended == whole
    assert early + late == opened
