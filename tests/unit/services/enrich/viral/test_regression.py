"""The fit: against least squares written out, and with nothing that falls."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.norms import BINS
from services.enrich.viral import Row
from services.enrich.viral.regression import Floats, fit, quantile

PRIOR = Row(1.0, 0.5, 0.2, 0.4)
NO_ERRORS = np.zeros((2, BINS))


def gram_of(x: Floats, v: Floats, y: Floats) -> Floats:
    terms = [np.ones_like(x), x, v, y, x * x, x * v, v * v, x * y, v * y, y * y]
    return np.array([term.sum() for term in terms])


def test_it_finds_what_the_posts_were_made_of() -> None:
    chance = np.random.default_rng(1)
    x, v = chance.normal(4, 1, 20_000), chance.normal(3, 1.5, 20_000)
    y = 0.9 + 0.6 * x + 0.4 * v + chance.normal(0, 0.3, 20_000)
    row = fit(gram_of(x, v, y), NO_ERRORS, PRIOR)
    assert (row.base, row.engagement, row.growth) == pytest.approx((0.9, 0.6, 0.4), abs=0.02)
    assert row.spread == pytest.approx(0.3, abs=0.005)


def test_a_few_posts_move_the_prior_little() -> None:
    one = np.array([4.0])
    row = fit(gram_of(np.zeros(1), np.zeros(1), one), NO_ERRORS, PRIOR)
    assert (row.base, row.engagement, row.growth) == pytest.approx((2.5, 0.5, 0.2))


def test_nothing_known_is_the_prior() -> None:
    assert fit(np.zeros(10), NO_ERRORS, PRIOR) == PRIOR


def test_a_slope_that_falls_is_left_out() -> None:
    chance = np.random.default_rng(2)
    x, v = chance.normal(4, 1, 500), chance.normal(3, 1, 500)
    row = fit(gram_of(x, v, 5 + 0.5 * x - 0.3 * v), NO_ERRORS, PRIOR)
    assert row.growth == 0
    assert row.engagement == pytest.approx(0.5, abs=0.1)
    row = fit(gram_of(x, v, 9 - 0.5 * x - 0.3 * v), NO_ERRORS, PRIOR)
    assert (row.engagement, row.growth) == (0, 0)


def test_the_spread_is_that_of_the_highest_forecasts() -> None:
    errors = np.zeros((2, BINS))
    errors[:, 10] = (800, 800 * 1.0)
    errors[:, 20] = (150, 150 * 0.09)
    errors[:, 25] = (50, 50 * 0.25)
    row = fit(gram_of(*(np.ones(3) for _ in range(3))), errors, PRIOR)
    assert row.spread == pytest.approx(math.sqrt((50 * 0.25 + 150 * 0.09) / 200))


def test_few_errors_say_nothing_of_the_highest() -> None:
    errors = np.zeros((2, BINS))
    errors[:, 10] = (99, 99 * 4.0)
    x = np.arange(500) / 100
    row = fit(gram_of(x, np.zeros(500), 1 + x), errors, PRIOR)
    assert row.spread == 0.05


def test_a_quantile_lies_within_its_bin() -> None:
    histogram = np.zeros(BINS)
    histogram[10] = 90
    histogram[20] = 10
    assert quantile(histogram, 0.95) == pytest.approx(math.expm1(5.125))
    assert quantile(histogram, 0.9) == pytest.approx(math.expm1(2.75))
    with pytest.raises(ValueError, match="nothing"):
        quantile(np.zeros(BINS), 0.5)


logs = st.floats(0, 20)


@given(st.lists(st.tuples(logs, logs, logs), min_size=1, max_size=40))
def test_whatever_was_seen_the_row_is_sound(posts: list[tuple[float, float, float]]) -> None:
    x, v, y = (np.array(column) for column in zip(*posts, strict=True))
    row = fit(gram_of(x, v, y), NO_ERRORS, PRIOR)
    assert all(map(math.isfinite, (row.base, row.engagement, row.growth, row.spread)))
    assert row.engagement >= 0
    assert row.growth >= 0
    assert row.spread >= 0.05
