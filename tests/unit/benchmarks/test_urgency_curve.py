from __future__ import annotations

from benchmarks.urgency_curve import Point, curve


def test_the_most_recall_within_each_limit_is_found() -> None:
    urgent = [(True, 0.9), (True, 0.6), (True, 0.3), (True, 0.0)]
    harmless = [(False, 0.5), (False, 0.2), (False, 0.0), (False, 0.0)]
    assert curve([*urgent, *harmless], limits=(0.0, 0.25)) == [
        Point(confidence=0.6, recall=0.5, false_alarms=0.0),
        Point(confidence=0.3, recall=0.75, false_alarms=0.25),
        Point(confidence=0.2, recall=0.75, false_alarms=0.5),
    ]


def test_where_even_the_surest_is_wrong_nothing_is_within_a_limit_of_none() -> None:
    assert curve([(True, 0.4), (False, 1.0)], limits=(0.0,))[0].recall == 0


def test_nothing_told_is_no_recall() -> None:
    assert (
        curve([(True, 0.0), (False, 0.0)])
        == [Point(confidence=1.0, recall=0.0, false_alarms=0.0)] * 4
    )
