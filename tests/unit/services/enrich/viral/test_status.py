"""Status: called when it is likely, once, and not for a burst."""

from datetime import UTC, datetime, timedelta

import pytest

from services.enrich.viral.status import Standing, judge

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)


def after(
    standing: Standing,
    hours: float,
    probability: float,
    *,
    weighted: float = 100,
    growth: float = 50,
    span: float = 0.25,
    regime: int = 0,
) -> Standing:
    return judge(
        standing,
        probability=probability,
        weighted=weighted,
        growth=growth,
        peak=100,
        span_hours=span,
        regime=regime,
        at=T0 + timedelta(hours=hours),
    )


def test_likely_twice_is_viral() -> None:
    once = after(Standing(), 0, 0.6)
    assert (once.status, once.calls) == ("off", 0)
    twice = after(once, 0.25, 0.6)
    assert (twice.status, twice.calls) == ("viral", 1)
    assert twice.since == twice.called_at == T0 + timedelta(hours=0.25)


def test_sure_once_is_viral() -> None:
    assert after(Standing(), 0, 0.9).status == "viral"
    assert after(Standing(), 0, 0.89).status == "off"


def test_two_looks_must_be_in_a_row() -> None:
    standing = after(after(after(Standing(), 0, 0.7), 0.25, 0.59), 0.5, 0.7)
    assert standing.status == "off"


def test_a_burst_of_looks_is_one_witness() -> None:
    standing = Standing()
    for minutes in range(10):
        standing = after(standing, minutes / 60, 0.7)
        assert standing.status == "off"
    assert after(standing, 10 / 60, 0.7).status == "viral"


def test_a_look_after_a_long_time_is_witness_enough() -> None:
    assert after(Standing(), 0, 0.6, span=0.75).status == "viral"
    assert after(Standing(), 0, 0.6, span=0.74).status == "off"


def test_a_handful_is_never_viral() -> None:
    assert after(Standing(), 0, 1.0, weighted=29).status == "off"


def test_it_fades_when_it_becomes_unlikely() -> None:
    viral = after(Standing(), 0, 0.9)
    assert after(viral, 1, 0.3).status == "viral"
    assert after(viral, 1, 0.29).status == "fading"


def test_it_fades_when_it_is_slow_for_three_hours() -> None:
    standing = after(Standing(), 0, 0.9)
    standing = after(standing, 1, 1.0, growth=9)
    standing = after(standing, 3.9, 1.0, growth=9)
    assert standing.status == "viral"
    assert after(standing, 4, 1.0, growth=9).status == "fading"


def test_growing_in_between_is_not_slow_for_three_hours() -> None:
    standing = after(Standing(), 0, 0.9)
    for hours, growth in ((1, 9), (2, 10), (4, 9), (5, 9)):
        standing = after(standing, hours, 1.0, growth=growth)
    assert standing.status == "viral"


def test_it_is_called_once_however_often_it_comes_back() -> None:
    standing = after(Standing(), 0, 0.9)
    for hours in range(1, 200, 2):
        standing = after(after(standing, hours, 0.1), hours + 1, 0.95)
        assert (standing.status, standing.calls) == ("viral", 1)


@pytest.mark.parametrize(
    ("hours", "regime", "calls"), [(23.9, 1, 1), (24, 0, 1), (24, 1, 2), (100, 1, 2)]
)
def test_a_second_call_needs_a_day_and_a_new_beginning(
    hours: float, regime: int, calls: int
) -> None:
    standing = after(Standing(), 0, 0.9)
    assert after(standing, hours, 0.95, regime=regime).calls == calls


def test_one_beginning_is_not_called_twice() -> None:
    standing = after(after(Standing(), 0, 0.9), 30, 0.95, regime=1)
    assert after(standing, 60, 0.95, regime=1).calls == 2
    assert after(standing, 60, 0.95, regime=2).calls == 3
