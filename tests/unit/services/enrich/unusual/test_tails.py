"""Tails of counts, against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.enrich.unusual.tails import (
    beta_binomial_tail,
    beta_cdf,
    poisson_tail,
    usual_counts,
    usual_shares,
)

means = st.floats(-2, 4).map(lambda power: 10**power)
phis = st.floats(0.005, 1.5)
shares = st.floats(0.001, 0.95)
samples = st.floats(10, 30)


@given(mean=st.floats(-2, 1.77).map(lambda power: 10**power), phi=phis)
def test_usual_counts_are_percentiles(mean: float, phi: float) -> None:
    low, high = usual_counts(mean, phi)
    counts = stats.nbinom(1 / phi, 1 / (1 + phi * mean))
    for count, share in ((low, 0.1), (high, 0.9)):
        # Either way of computing may be off by a rounding error where a step meets the share.
        assert counts.cdf(count) >= share - 1e-9
        assert counts.cdf(count - 1) <= share + 1e-9


@given(mean=st.floats(60, 10_000), phi=phis)
def test_large_usual_counts_hold_four_in_five(mean: float, phi: float) -> None:
    low, high = usual_counts(mean, phi)
    counts = stats.nbinom(1 / phi, 1 / (1 + phi * mean))
    assert counts.cdf(low - 1) <= 0.105
    assert counts.cdf(low) >= 0.06
    assert 0.89 <= counts.cdf(high) <= 0.92
    assert 0.79 <= counts.cdf(high) - counts.cdf(low - 1) <= 0.84


@given(mean=means, count=st.integers(0, 2000))
def test_the_poisson_tail(mean: float, count: int) -> None:
    wanted = stats.poisson(mean).sf(count - 1) if count > mean else 1.0
    assert poisson_tail(count, mean) == pytest.approx(wanted, rel=1e-6, abs=1e-290)


@given(n=st.integers(1, 500), data=st.data(), share=shares, sample=samples)
def test_the_beta_binomial_tail(n: int, data: st.DataObject, share: float, sample: float) -> None:
    k = data.draw(st.integers(0, n))
    a, b = share * sample, (1 - share) * sample
    wanted = stats.betabinom(n, a, b).sf(k - 1)
    assert beta_binomial_tail(k, n, a, b) == pytest.approx(wanted, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("k", [80, 120, 200])
def test_many_posts_are_near_enough(k: int) -> None:
    wanted = stats.betabinom(600, 3.6, 26.4).sf(k - 1)
    assert beta_binomial_tail(k, 600, 3.6, 26.4) == pytest.approx(wanted, rel=0.05)


@given(x=st.floats(0, 1), a=st.floats(0.05, 500), b=st.floats(0.05, 500))
def test_the_beta_distribution(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(stats.beta(a, b).cdf(x), rel=1e-6, abs=1e-9)


@given(share=shares, sample=samples)
def test_usual_shares_are_percentiles(share: float, sample: float) -> None:
    wanted = stats.beta(share * sample, (1 - share) * sample).ppf([0.1, 0.9])
    assert usual_shares(share, sample, 0.1) == pytest.approx(tuple(wanted), abs=1e-6)
