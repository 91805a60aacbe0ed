"""Messages in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from schemas import RemovalReason
from services.alerts.incidents import Story, with_alert, without_post
from services.alerts.messages import incident_message, trial_message
from services.alerts.rules import Rulebook
from tests.unit.services.alerts.samples import AT, make_museum, viral


def story(**changes: object) -> Story:
    post = viral(**changes)
    [alert] = Rulebook({}).judge(post)
    return with_alert(None, alert, post)


def test_message_says_what_why_and_when_in_local_time() -> None:
    message = incident_message("n-1", story(), make_museum(), AT)
    assert message.title == "Museo Egizio: a post is going viral"
    assert message.posted == "Sunday 3 May 2026, 15:02 (Europe/Rome)"
    assert ("Followers of the author", "200") in message.numbers
    assert message.author == "Anna"


def test_unknown_museum_is_shown_by_its_id_in_utc() -> None:
    message = incident_message("n-1", story(), None, AT)
    assert message.museum == "museo-egizio"
    assert message.posted == "Sunday 3 May 2026, 13:02 (UTC)"


def test_time_at_the_end_of_time_is_left_out() -> None:
    ends = story(created_at=datetime.max.replace(tzinfo=UTC))
    assert incident_message("n-1", ends, make_museum(), AT).posted is None


@pytest.mark.parametrize("reason", [*RemovalReason, "edit", "something new"])
def test_every_reason_of_a_removal_has_its_words(reason: str) -> None:
    removed = without_post(story(text="Zephyr"), "bluesky:1", reason, AT)
    message = incident_message("n-1", removed, make_museum(), AT)
    assert message.gone
    assert message.gone.endswith(".")
    assert (message.excerpt, message.author, message.url, message.numbers) == (None, None, None, ())
    if reason == "edit":
        assert "no longer about Museo Egizio" in message.gone


def test_trial_is_marked() -> None:
    message = trial_message("n-1", "press")
    assert message.trial
    assert "test" in message.title
