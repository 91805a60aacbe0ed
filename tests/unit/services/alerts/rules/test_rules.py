"""The rulebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.alerts.rules import RULES, Rulebook
from services.common.errors import Fatal
from tests.unit.services.alerts.samples import NEGATIVE, negative, viral


def test_rules_judge_in_turn() -> None:
    post = viral(sentiment=NEGATIVE, author={"followers": 20_000})
    found = Rulebook({}).judge(post)
    assert [alert.rule for alert in found] == list(RULES)


def test_post_that_pages_nobody_is_never_alerted() -> None:
    assert Rulebook({}).judge(viral(pages=False)) == ()
    assert Rulebook({}).judge(negative(pages=False)) == ()


def test_thresholds_come_from_settings() -> None:
    assert Rulebook({"negative_post": {"min_followers": 30_000}}).judge(negative()) == ()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"viral": {}}, "no such rule: viral; there are viral_post, negative_post"),
        ({"negative_post": {"followers": 1}}, "thresholds of rule negative_post: followers"),
        ({"negative_post": {"min_followers": 0}}, "thresholds of rule negative_post"),
    ],
)
def test_slips_in_settings_are_told(values: dict[str, dict[str, int]], said: str) -> None:
    with pytest.raises(Fatal, match=said):
        Rulebook(values)


def test_page_of_alerts_has_the_thresholds_of_the_code() -> None:
    page = (Path(__file__).parents[5] / "docs" / "alerts.md").read_text()
    for name, rule in RULES.items():
        values = rule.thresholds().model_dump()
        row = ", ".join(f"`{field}` {value:.12g}" for field, value in values.items())
        assert f"| `{name}` | {row} |" in page
    confidence = RULES["negative_post"].thresholds().model_dump()["min_confidence"]
    assert f"judged with at least {confidence:.0%}".replace("%", " %") in page
