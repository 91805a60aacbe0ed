"""The ticks' clock."""

from __future__ import annotations

from datetime import timedelta

from services.alerts.ticks import TickClock
from tests.unit.services.alerts.samples import AT

HOUR = timedelta(hours=1)


def test_time_is_the_smallest_of_all_sources_and_partitions() -> None:
    clock = TickClock()
    start = clock.now()
    clock.assign([0, 1], sources=2)
    clock.tick(0, 0, AT + HOUR)
    clock.tick(0, 1, AT + 2 * HOUR)
    clock.tick(1, 0, AT)
    assert clock.now() == start, "one source has not ticked yet"
    clock.tick(1, 1, AT + 3 * HOUR)
    assert clock.now() == AT
    clock.tick(1, 0, AT + 4 * HOUR)
    assert clock.now() == AT + HOUR


def test_time_stands_still_after_an_assignment_and_never_goes_back() -> None:
    clock = TickClock()
    clock.assign([0], sources=1)
    clock.tick(0, 0, AT + HOUR)
    clock.assign([0, 1], sources=1)
    clock.tick(0, 0, AT + 2 * HOUR)
    assert clock.now() == AT + HOUR
    clock.tick(1, 0, AT)
    assert clock.now() == AT + HOUR
    clock.tick(1, 0, AT + 5 * HOUR)
    assert clock.now() == AT + 2 * HOUR


def test_ticks_of_foreign_partitions_are_nothing() -> None:
    clock = TickClock()
    clock.assign([], sources=1)
    clock.tick(0, 0, AT)
    assert clock.now() < AT
