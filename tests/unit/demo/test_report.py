"""What the demo prints says what happened, on a terminal and in a file."""

from __future__ import annotations

import io
from itertools import count

import pytest
from rich.console import Console

from demo.judge import Finding, Verdict
from demo.report import show_alert, show_verdict, step

MISSED = Finding(
    kind="missed",
    channel="slack",
    receiver="visitors",
    museum_id="moma",
    story_id="mastodon:[1]",
    detail="too hot",
)


def console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=terminal, color_system=None)


def printed(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def verdict(*findings: Finding, seconds: tuple[float, ...] = (0.5, 1.5)) -> Verdict:
    return Verdict(expected=22, sent=21, struck=1, repeated=3, seconds=seconds, findings=findings)


def test_a_step_says_what_is_done_and_how_long_it_took() -> None:
    out = console()
    ticks = count(0, 2.5)
    with step(out, "Starting Kafka", clock=lambda: next(ticks)) as say:
        say("downloading [45 MB]")
    assert "Starting Kafka: downloading [45 MB]" in printed(out)
    assert "✓ Starting Kafka  2.5 s" in printed(out)


def test_a_step_that_fails_is_marked_and_fails() -> None:
    out = console()
    with pytest.raises(KeyboardInterrupt), step(out, "Starting Kafka"):
        raise KeyboardInterrupt
    assert "✗ Starting Kafka" in printed(out)
    assert "✓" not in printed(out)


@pytest.mark.parametrize("terminal", [False, True])
def test_an_alert_is_shown_as_slack_shows_it(terminal: bool) -> None:
    out = console(terminal=terminal)
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "Go *viral* [red]now[/red]"}}
    show_alert(out, "louvre", {"ts": "1.0", "blocks": [block]}, number=3)
    assert "alert 3 in #louvre" in printed(out)
    assert "[red]now[/red]" in printed(out)
    assert "*viral*" not in printed(out)


def test_a_verdict_without_faults() -> None:
    out = console()
    show_verdict(out, verdict())
    for words in ("expected", "22", "sent", "21", "1.00 s", "1.45 s", "All as expected."):
        assert words in printed(out)


def test_a_verdict_with_a_fault_names_it() -> None:
    out = console()
    show_verdict(out, verdict(MISSED, seconds=()))
    assert "missed: slack to visitors: moma mastodon:[1]: too hot" in printed(out)
    assert "unknown" in printed(out)
    assert "Not as expected: 1 fault(s)." in printed(out)


def test_a_trouble_of_the_run_is_a_fault_too() -> None:
    out = console()
    show_verdict(out, verdict(), troubles=("enrich died 1 time(s) during the day",))
    assert "enrich died 1 time(s) during the day" in printed(out)
    assert "Not as expected: 1 fault(s)." in printed(out)
    assert "All as expected." not in printed(out)
