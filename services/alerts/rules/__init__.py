"""Rules: each a pure function of one enriched post and its thresholds.

A rule is one file with ``NAME``, ``HEADLINE``, ``Thresholds`` and ``judge``, and one line in
``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas import Alert, EnrichedPost, explain
from services.common.errors import Fatal

from . import negative_post, viral_post

Judge = Callable[[EnrichedPost, Any], Alert | None]
"""Pure: the same post and thresholds give the same alert."""


@dataclass(frozen=True)
class Rule:
    """A rule's function, the model of its thresholds, and what a message's title says of it."""

    judge: Judge
    thresholds: type[BaseModel]
    headline: str


RULES: Mapping[str, Rule] = {
    viral_post.NAME: Rule(viral_post.judge, viral_post.Thresholds, viral_post.HEADLINE),
    negative_post.NAME: Rule(negative_post.judge, negative_post.Thresholds, negative_post.HEADLINE),
}


class Rulebook:
    """All rules with the thresholds in force."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise ``Fatal`` where a value names a rule or a threshold that does not exist."""
        if unknown := sorted(set(values) - set(RULES)):
            raise Fatal(f"no such rule: {', '.join(unknown)}; there are {', '.join(RULES)}")
        self._rules = [
            (rule.judge, _thresholds(name, rule, values.get(name, {})))
            for name, rule in RULES.items()
        ]

    def judge(self, post: EnrichedPost) -> tuple[Alert, ...]:
        """Return what the rules find in a post; nothing for one that may page nobody."""
        if not post.pages:
            return ()
        found = (judge(post, thresholds) for judge, thresholds in self._rules)
        return tuple(alert for alert in found if alert is not None)


def _thresholds(name: str, rule: Rule, values: Mapping[str, Any]) -> BaseModel:
    try:
        return rule.thresholds.model_validate(values)
    except ValidationError as error:
        raise Fatal(f"thresholds of rule {name}: {explain(error)}") from None
