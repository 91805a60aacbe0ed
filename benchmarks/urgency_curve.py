"""What more or fewer false alarms cost: the recall of urgency by how sure it has to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

LIMITS = (0.01, 0.02, 0.03)
"""Shares of harmless posts that may raise an alarm."""


class Point(BaseModel):
    """Urgency from a confidence on. ``false_alarms``: the share of harmless posts that raise it."""

    model_config = ConfigDict(frozen=True)

    confidence: float
    recall: float
    false_alarms: float


def curve(told: Iterable[tuple[bool, float]], limits: Sequence[float] = LIMITS) -> list[Point]:
    """Return the most recall within each limit, then that of every alarm.

    ``told``: of each post whether it is urgent, and the confidence of what was told, 0 for nothing.
    """
    points = list(_points(list(told)))
    within = (
        max(
            (point for point in points if point.false_alarms <= limit),
            key=_recall,
            default=Point(confidence=1.0, recall=0.0, false_alarms=0.0),
        )
        for limit in limits
    )
    return [*within, points[-1]]


def _points(told: Sequence[tuple[bool, float]]) -> Iterator[Point]:
    urgent = [confidence for is_urgent, confidence in told if is_urgent]
    harmless = [confidence for is_urgent, confidence in told if not is_urgent]
    for level in [1.0, *sorted({sure for _, sure in told if 0 < sure < 1}, reverse=True)]:
        yield Point(
            confidence=level,
            recall=_share(urgent, level),
            false_alarms=_share(harmless, level),
        )


def _recall(point: Point) -> tuple[float, float]:
    return point.recall, -point.false_alarms


def _share(confidences: Sequence[float], level: float) -> float:
    if not confidences:
        return 0.0
    return sum(confidence >= level for confidence in confidences) / len(confidences)
