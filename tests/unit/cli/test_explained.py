"""What a person sees of a scored text: every word that is marked is a word of the text."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from cli.explained import explain_post
from schemas import EnrichedPost
from tests.unit.services.alerts.samples import NEGATIVE, make_post

TEXT = "Two hours in the queue, and no \x1b[31mseat."


def shown(post: EnrichedPost) -> str:
    console = Console(width=100, file=StringIO(), record=True)
    console.print(explain_post(post))
    return console.export_text(styles=False)


def post(**changes: Any) -> EnrichedPost:
    evidence = [{"start": 17, "end": 22, "weight": -1.25}]
    aspect = {"aspect": "queue", "family": "arrival", "polarity": "negative", "about": "visit"}
    given = {
        "text": TEXT,
        "visit": NEGATIVE | {"evidence": evidence},
        "work": NEGATIVE | {"abstained": True},
        "sentiment": NEGATIVE | {"evidence": evidence},
        "aspects": [aspect | {"start": 17, "end": 22}],
        "speaker": {"kind": "visitor"},
    }
    return make_post(**(given | changes))


def test_each_fact_stands_with_its_words() -> None:
    seen = shown(post())
    for line in ("queue         negative  “queue”", "of the works  nothing to go by"):
        assert line in seen
    assert "queue -1.2" in seen
    assert "who speaks    visitor" in seen


def test_a_post_does_not_steer_the_terminal() -> None:
    assert "\x1b[31mseat" not in shown(post())
    assert "no  [31mseat." in shown(post())


def test_an_event_of_before_there_was_more_to_say_is_shown() -> None:
    assert "of the visit" not in shown(make_post())


def test_a_danger_stands_out_with_its_kind_and_how_likely_it_is() -> None:
    urgency = {"kind": "fire", "start": 0, "end": 3, "confidence": 0.91}
    assert "urgent        fire, 91% sure  “Two”" in shown(post(urgency=urgency))
