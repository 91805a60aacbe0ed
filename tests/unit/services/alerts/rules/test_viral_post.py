"""Rule viral_post."""

from __future__ import annotations

from schemas import Severity
from services.alerts.rules import viral_post
from tests.unit.services.alerts.samples import NEGATIVE, VIRAL, VIRALITY, make_post, viral

THRESHOLDS = viral_post.Thresholds()


def test_viral_mark_alerts_with_its_sentence_and_numbers() -> None:
    alert = viral_post.judge(viral(), THRESHOLDS)
    assert alert is not None
    assert alert.severity is Severity.INFO
    assert alert.summary == VIRAL
    assert alert.numbers["weighted"] == 310.0
    assert "queue" not in alert.model_dump_json()


def test_quiet_or_unmarked_post_is_no_alert() -> None:
    assert viral_post.judge(make_post(), THRESHOLDS) is None
    quiet = VIRALITY | {"viral": False}
    assert viral_post.judge(viral(virality=quiet), THRESHOLDS) is None


def test_sure_negativity_makes_it_critical() -> None:
    alert = viral_post.judge(viral(sentiment=NEGATIVE), THRESHOLDS)
    assert alert is not None
    assert alert.severity is Severity.CRITICAL
    assert alert.summary.endswith("The visit reads as negative (90% sure).")
    line = THRESHOLDS.min_confidence
    sure = viral_post.judge(viral(sentiment=NEGATIVE | {"confidence": line}), THRESHOLDS)
    assert sure is not None
    assert sure.severity is Severity.CRITICAL
    unsure = viral_post.judge(viral(sentiment=NEGATIVE | {"confidence": line - 0.01}), THRESHOLDS)
    assert unsure is not None
    assert unsure.severity is Severity.INFO


def test_own_viral_post_is_good_to_know() -> None:
    alert = viral_post.judge(viral(own=True, sentiment=NEGATIVE), THRESHOLDS)
    assert alert is not None
    assert alert.severity is Severity.INFO
