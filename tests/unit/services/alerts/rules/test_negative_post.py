"""Rule negative_post."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import Severity
from services.alerts.rules import negative_post
from tests.unit.services.alerts.samples import ENGAGEMENT, NEGATIVE, make_post, negative

THRESHOLDS = negative_post.Thresholds()


def test_followers_are_reach() -> None:
    alert = negative_post.judge(negative(), THRESHOLDS)
    assert alert is not None
    assert alert.severity is Severity.WARNING
    assert "90% sure" in alert.summary
    assert "20,000 followers" in alert.summary


def test_engagement_is_reach_where_followers_are_unknown() -> None:
    post = negative(author=None, engagement=ENGAGEMENT)
    alert = negative_post.judge(post, THRESHOLDS)
    assert alert is not None
    assert "310 weighted interactions so far, usual is 3 to 40" in alert.summary
    assert "followers" not in alert.numbers


def test_great_reach_is_critical() -> None:
    alert = negative_post.judge(negative(author={"followers": 100_000}), THRESHOLDS)
    assert alert is not None
    assert alert.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    "changes",
    [
        {"own": True},
        {"sentiment": NEGATIVE | {"abstained": True}},
        {"sentiment": NEGATIVE | {"confidence": 0.59}},
        {"sentiment": NEGATIVE | {"label": "positive"}},
        {"author": {"followers": 9_999}},
        {"author": None},
        {"author": {"followers": None}, "engagement": ENGAGEMENT | {"weighted": 49.0}},
    ],
)
def test_no_alert_without_sure_negativity_of_others_with_reach(changes: dict[str, Any]) -> None:
    assert negative_post.judge(negative(**changes), THRESHOLDS) is None


def test_boundaries_count() -> None:
    assert negative_post.judge(negative(author={"followers": 10_000}), THRESHOLDS) is not None
    post = make_post(
        sentiment=NEGATIVE | {"confidence": THRESHOLDS.min_confidence}, engagement=ENGAGEMENT
    )
    assert negative_post.judge(post, THRESHOLDS) is not None
