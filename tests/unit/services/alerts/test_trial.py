"""Trials through the real channels."""

from __future__ import annotations

import pytest

from demo.inbox import Inbox
from demo.slack import TOKEN, SlackStandIn, slack_error
from services.alerts.settings import Settings
from services.alerts.trial import TrialFailed, send_trial


def settings(slack: SlackStandIn, inbox: Inbox) -> Settings:
    channel = next(iter(slack.workspace.channels))
    return Settings.model_validate(
        {
            "alerts": {"receivers": {"press": {"slack": channel, "email": "press@m.example"}}},
            "slack": {"token": TOKEN, "base_url": slack.base_url},
            "smtp": {"host": inbox.host, "port": inbox.port, "security": "none"},
        }
    )


async def test_trial_reaches_every_channel_and_is_marked(slack: SlackStandIn, inbox: Inbox) -> None:
    lines = await send_trial(settings(slack, inbox), "press")
    assert [line.split()[0] for line in lines] == ["slack", "email"]
    assert all(line.endswith(": sent") for line in lines)
    [message] = slack.messages("museum-alerts")
    assert "This is a test from Passaparola" in message["text"]
    assert len(inbox.folder.files) == 1


async def test_failed_channel_is_told_and_the_others_are_tried(
    slack: SlackStandIn, inbox: Inbox
) -> None:
    slack.faults.add(slack_error("not_in_channel"))
    with pytest.raises(TrialFailed) as raised:
        await send_trial(settings(slack, inbox), "press")
    assert "invite the app" in raised.value.lines[0]
    assert raised.value.lines[1].endswith(": sent")


async def test_receivers_that_are_nowhere_set_are_told_with_the_settings_to_set() -> None:
    with pytest.raises(TrialFailed) as raised:
        await send_trial(Settings(), "default")
    [line] = raised.value.lines
    assert "PASSAPAROLA_ALERTS__RECEIVERS," in line
    assert "PASSAPAROLA_ALERTS__RECEIVERS_FILE" in line


async def test_receiver_without_a_channel_is_told_with_the_channels_there_are() -> None:
    empty = Settings.model_validate({"alerts": {"receivers": {"default": {}}}})
    with pytest.raises(TrialFailed, match="'default' has no channel; give it slack or email"):
        await send_trial(empty, "default")


async def test_unknown_receiver_is_told(slack: SlackStandIn, inbox: Inbox) -> None:
    with pytest.raises(TrialFailed, match="no receiver 'nobody' in the settings; there are: press"):
        await send_trial(settings(slack, inbox), "nobody")
