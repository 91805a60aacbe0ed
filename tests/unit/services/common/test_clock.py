"""A clock that is set never goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.common.clock import SetClock, WallClock

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_set_clock_stands_where_it_was_last_set() -> None:
    clock = SetClock(NOON)
    assert clock.now() == NOON
    clock.advance_to(NOON + timedelta(hours=1))
    clock.advance_to(NOON)
    assert clock.now() == NOON + timedelta(hours=1)


def test_the_walls_clock_is_in_utc() -> None:
    assert WallClock().now().tzinfo is UTC
