"""Forecast: the numbers of the row, and nothing that is not finite."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Counters
from services.enrich.viral import PRIOR_ROWS, Motion, Outlook, Row, forecast
from services.enrich.viral.forecast import predict
from services.enrich.viral.motion import begin

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)
OUTLOOK = Outlook(PRIOR_ROWS, 900, (None,) * 15 + (None,), 0, "prior")


def seen(hours: float, likes: int) -> Motion:
    return begin(Counters(likes=likes), T0 + timedelta(hours=hours), "x", T0)


def test_the_row_of_the_age_is_used() -> None:
    found = forecast(seen(2, 310), OUTLOOK)
    log = 0.968 + 0.583 * math.log(311) + 0.473 * math.log(156)
    assert found.expected == pytest.approx(math.expm1(log))
    assert found.low == pytest.approx(math.expm1(log - 0.357))
    assert found.high == pytest.approx(math.expm1(log + 0.357))
    distance = (log - math.log(901)) / 0.357
    assert found.probability == pytest.approx(0.5 * (1 + math.erf(distance / math.sqrt(2))))


def test_what_is_there_will_be_there() -> None:
    found = forecast(seen(30, 500), OUTLOOK)
    assert found.expected == pytest.approx(500)
    assert found.low == pytest.approx(500)


def test_what_has_arrived_is_certain() -> None:
    assert forecast(seen(1, 900), OUTLOOK).probability == 1
    assert forecast(seen(72, 899), OUTLOOK).probability < 0.51


def test_half_of_the_threshold_is_nothing_when_old() -> None:
    assert forecast(seen(72, 450), OUTLOOK).probability < 1e-9


@given(
    row=st.builds(
        Row,
        st.floats(-20, 80),
        st.floats(0, 5),
        st.floats(0, 5),
        st.floats(0.05, 5),
    ),
    weighted=st.floats(0, 1e17),
    growth=st.floats(0, 1e19),
    threshold=st.floats(1, 1e12),
)
def test_a_forecast_is_always_finite(
    row: Row, weighted: float, growth: float, threshold: float
) -> None:
    outlook = replace(OUTLOOK, rows=(row,) * 16, threshold=threshold)
    motion = replace(seen(1, 1), weighted=weighted, growth=growth)
    found = forecast(motion, outlook)
    assert 0 <= found.probability <= 1
    assert 0 <= found.low <= found.high < math.inf
    assert found.low <= found.expected * (1 + 1e-9)
    assert found.expected >= weighted * (1 - 1e-9)
    assert predict(row, math.log1p(weighted), math.log1p(growth)) <= 60
