"""A partition that has work and does not move is noticed, and nothing else is."""

from __future__ import annotations

from services.common.watchdog import Watchdog


class Hands:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def make_watchdog() -> tuple[Watchdog, Hands]:
    hands = Hands()
    return Watchdog(60, hands), hands


def test_a_partition_that_stands_still_with_work_is_stuck() -> None:
    watchdog, hands = make_watchdog()
    for hands.at in (0.0, 30.0, 60.0):
        watchdog.look({"a/0": (5, 9), "a/1": (9, 9)})
        assert watchdog.complaint() is None
    hands.at = 61
    watchdog.look({"a/0": (5, 9), "a/1": (9, 9)})
    assert watchdog.complaint() == "a/0 at 5 for 61 s"


def test_slow_is_not_stuck() -> None:
    watchdog, hands = make_watchdog()
    for position in range(50):
        hands.at += 50
        watchdog.look({"a/0": (position, 100)})
        assert watchdog.complaint() is None


def test_idle_is_not_stuck_and_new_work_has_its_time() -> None:
    watchdog, hands = make_watchdog()
    for _ in range(10):
        watchdog.look({"a/0": (9, 9)})
        hands.at += 50
        assert watchdog.complaint() is None
    watchdog.look({"a/0": (9, 10)})
    hands.at += 59
    assert watchdog.complaint() is None
    hands.at += 2
    assert watchdog.complaint() is not None


def test_while_nobody_can_look_an_idle_partition_is_not_stuck() -> None:
    watchdog, hands = make_watchdog()
    watchdog.look({"a/0": (9, 9)})
    hands.at += 10_000
    assert watchdog.complaint() is None


def test_a_partition_that_moved_away_is_forgotten() -> None:
    watchdog, hands = make_watchdog()
    watchdog.look({"a/0": (5, 9)})
    hands.at += 100
    watchdog.look({"a/1": (5, 9)})
    assert watchdog.complaint() is None
    watchdog.look({"a/0": (5, 9)})
    assert watchdog.complaint() is None


def test_all_that_are_stuck_are_named() -> None:
    watchdog, hands = make_watchdog()
    watchdog.look({"b/0": (1, 9), "a/0": (5, 9)})
    hands.at += 61
    assert watchdog.complaint() == "a/0 at 5 for 61 s; b/0 at 1 for 61 s"
