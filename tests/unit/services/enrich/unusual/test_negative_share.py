"""The negative share: when it is called, how often, and what it learns meanwhile."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS, WINDOW_BINS
from services.enrich.unusual.negative_share import LINE, MANY, NegativeShare

WHOLE = 15


def fold(bins: list[tuple[int, int]]) -> tuple[NegativeShare, list[int]]:
    """Fold bins of (judged, negative) posts; return the places of alarms."""
    share, alarms = NegativeShare(), []
    for place in range(len(bins)):
        window = bins[max(0, place + 1 - WINDOW_BINS) : place + 1]
        leaving = bins[place + 1 - WINDOW_BINS] if place + 1 >= WINDOW_BINS else (0, 0)
        before = share.opened
        share.fold(
            1000 + place,
            (WHOLE * sum(b[0] for b in window), WHOLE * sum(b[1] for b in window)),
            (WHOLE * leaving[0], WHOLE * leaving[1]),
        )
        if share.opened != before:
            alarms.append(place)
    return share, alarms


def voices(chance: Random, bins: int, share: float) -> list[tuple[int, int]]:
    """Return about three judged posts an hour, so many of them negative."""
    said = []
    for _ in range(bins):
        judged = int(chance.random() < 0.25)
        said.append((judged, int(judged and chance.random() < share)))
    return said


def test_complaints_are_called_once_in_a_day() -> None:
    chance = Random(1)
    quiet = voices(chance, 20 * DAY_BINS, 0.12)
    crisis = voices(chance, 12 * 12, 0.8)
    share, alarms = fold([*quiet, *crisis])
    assert [place for place in alarms if place < len(quiet)] == []
    assert len(alarms) == 1
    assert alarms[0] - len(quiet) < 5 * 12
    assert share.alarmed(1000 + len(quiet) + len(crisis))


def test_what_is_usual_is_learned() -> None:
    share, _ = fold(voices(Random(2), 60 * DAY_BINS, 0.3))
    usual, sample = share.usual()
    assert 0.24 < usual < 0.36
    assert sample == 30
    low, high = share.usual_range()
    assert low < usual < high


def test_a_crisis_does_not_become_usual_and_a_lasting_change_does() -> None:
    chance = Random(3)
    quiet = voices(chance, 20 * DAY_BINS, 0.12)
    before = fold(quiet)[0].usual()[0]
    after_a_day = fold([*quiet, *voices(chance, DAY_BINS, 0.9)])[0].usual()[0]
    after_weeks = fold([*quiet, *voices(chance, 21 * DAY_BINS, 0.9)])[0].usual()[0]
    assert after_a_day < before + 0.06
    assert after_weeks > 0.35


def test_four_negative_posts_are_the_fewest() -> None:
    quiet = [(1, 0)] * (10 * DAY_BINS)
    empty = [(0, 0)] * WINDOW_BINS
    assert fold([*quiet, *empty, (3, 3)])[1] == []
    assert fold([*quiet, *empty, (5, 4)])[1] != []


def large(per_bin: int) -> NegativeShare:
    """Return a museum of so many judged posts in five minutes, an eighth of them negative."""
    return fold([(per_bin, per_bin // 8)] * (120 * DAY_BINS))[0]


@pytest.mark.parametrize(
    ("per_bin", "judged", "times"),
    [
        (0, 6, 1),
        (0, MANY, 1),
        (0, 2 * MANY, 1 / 2),
        (1, WINDOW_BINS, 1),
        (1, WINDOW_BINS // 2, 1 / 2),
        (8, 8 * WINDOW_BINS, MANY / (8 * WINDOW_BINS)),
        (8, 4 * WINDOW_BINS, MANY / (8 * WINDOW_BINS) / 2),
    ],
)
def test_the_line_falls_with_few_posts_of_many_and_with_very_many(
    per_bin: int, judged: int, times: float
) -> None:
    share = large(per_bin)
    share.judged = judged
    assert share.line() == pytest.approx(times * LINE, rel=0.02)


def test_a_few_posts_are_called_where_no_more_are_usual() -> None:
    nothing = [(0, 0)] * 3
    small = [*[(1, 0), *nothing] * 4, (1, 1), *nothing, *[(1, 0), *nothing] * 3] * 200
    usual = [(8, 1), *nothing] * 1600
    complaints = [*[(0, 0)] * WINDOW_BINS, (20, 10), *[(0, 0)] * HOUR_BINS]
    assert fold([*small, *complaints])[1] != []
    assert fold([*usual, *complaints])[1] == []


@given(
    st.lists(
        st.integers(0, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
        max_size=200,
    )
)
@settings(max_examples=40, deadline=None)
def test_whatever_comes_the_numbers_stay_numbers(bins: list[tuple[int, int]]) -> None:
    share, _ = fold(bins)
    usual, sample = share.usual()
    assert 0 < usual < 1
    assert 10 <= sample <= 30
    assert share.chance is None or 0 <= share.chance <= 1
    low, high = share.usual_range()
    assert 0 <= low <= high <= 1


def test_a_museum_that_nobody_complains_of_has_a_usual_range() -> None:
    low, high = NegativeShare(negative=0.0, others=20_000.0).usual_range()
    assert 0 <= low <= high < 0.05
