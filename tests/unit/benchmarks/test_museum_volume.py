"""Museums made up: the rhythm is there, and what is changed is all that is changed."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.museum_volume import (
    day_of,
    draw,
    free_sundays,
    museum_volume,
    with_free_sundays,
    with_late_openings,
    with_slow_rise,
)
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS


def test_a_day_brings_so_many_posts_and_weekends_more() -> None:
    volume = museum_volume(np.random.default_rng(1), 300, 7 * 40)
    days = volume.rates.reshape(-1, DAY_BINS).sum(axis=1)
    assert days.mean() == pytest.approx(300, rel=0.1)
    weekdays = days.reshape(-1, 7).mean(axis=0)
    assert weekdays[5:].mean() > 1.3 * weekdays[:5].mean()
    assert volume.days == 280


def test_counts_spread_more_than_poissons() -> None:
    chance = np.random.default_rng(1)
    counts = np.array(draw(chance, np.full(20_000, 10.0)))
    assert counts.mean() == pytest.approx(10, rel=0.05)
    assert counts.var() == pytest.approx(10 + 100 / 6, rel=0.1)


def test_free_sundays_are_the_first_of_a_month() -> None:
    found = [day_of(number) for number in free_sundays(100)]
    assert [f"{day:%a %d %m}" for day in found] == ["Sun 01 02", "Sun 01 03", "Sun 05 04"]
    volume = museum_volume(np.random.default_rng(1), 30, 100)
    changed = with_free_sundays(volume, 3) / volume.rates
    assert set(np.round(changed, 6)) == {1.0, 3.0}
    assert (changed > 1).sum() == 3 * 11 * HOUR_BINS


def test_late_openings_are_every_thursday() -> None:
    volume = museum_volume(np.random.default_rng(1), 30, 21)
    changed = with_late_openings(volume, 2) / volume.rates
    days = {int(place) // DAY_BINS for place in np.nonzero(changed > 1)[0]}
    assert {day_of(day).strftime("%a") for day in days} == {"Thu"}
    assert len(days) == 3


def test_a_slow_rise_has_no_step_of_a_fifth_and_ends_at_five_times_the_usual() -> None:
    volume = museum_volume(np.random.default_rng(1), 300, 3)
    begin = 2 * DAY_BINS + 10 * HOUR_BINS
    rates = with_slow_rise(volume, begin)
    assert np.array_equal(rates[:begin], volume.rates[:begin])
    times = rates[begin : begin + 2 * HOUR_BINS] / volume.usual[begin : begin + 2 * HOUR_BINS]
    assert (times[1:] / times[:-1]).max() < 1.2
    assert times[HOUR_BINS - 1 :] == pytest.approx(5)
