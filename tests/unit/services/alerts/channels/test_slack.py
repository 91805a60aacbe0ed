"""Slack's answers, as the channel understands them; what follows is tested with the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from demo.slack import (
    TOKEN,
    SlackFault,
    SlackStandIn,
    drop_before_acceptance,
    rate_limited,
    server_error,
    slack_error,
)
from deploy.local.ports import free_port
from services.alerts.channels.channel import InDoubt, NotAccepted, Refused
from services.alerts.channels.slack import SlackChannel, SlackSettings
from services.alerts.messages import trial_message

MESSAGE = trial_message("n-1", "press")


async def send(base_url: str, address: str = "C0123456789", token: str | None = TOKEN) -> None:
    secret = None if token is None else SecretStr(token)
    channel = SlackChannel(SlackSettings(token=secret, base_url=base_url), 5)
    try:
        await channel.send(MESSAGE, (address,), None)
    finally:
        await channel.aclose()


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (rate_limited(7), NotAccepted, "asks to wait"),
        (slack_error("ratelimited"), NotAccepted, "ratelimited"),
        (slack_error("internal_error"), InDoubt, "internal_error"),
        (server_error(502), InDoubt, "502"),
        (drop_before_acceptance(), InDoubt, "no clear answer"),
        (slack_error("token_revoked"), Refused, "install the app again"),
        (slack_error("something_new"), Refused, "something_new"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
async def test_answers_are_understood(
    slack: SlackStandIn, fault: SlackFault, kind: type[Exception], said: str
) -> None:
    slack.faults.add(fault)
    with pytest.raises(kind, match=said) as raised:
        await send(slack.base_url)
    if fault.answer == "rate_limited":
        assert isinstance(raised.value, NotAccepted)
        assert raised.value.retry_after == 7


async def test_unknown_channel_and_token_are_refused(slack: SlackStandIn) -> None:
    with pytest.raises(Refused, match="channel id is wrong"):
        await send(slack.base_url)
    with pytest.raises(Refused, match="the token is wrong"):
        await send(slack.base_url, token="xoxb-other")
    with pytest.raises(Refused, match="set PASSAPAROLA_SLACK__TOKEN"):
        await send(slack.base_url, token=None)


async def test_slack_that_cannot_be_reached_has_accepted_nothing() -> None:
    with pytest.raises(NotAccepted, match="cannot be reached"):
        await send(f"http://127.0.0.1:{free_port()}/api/")


@pytest.mark.parametrize("value", ["#press", "press", "c0123456789", "C01", 7, ["C0123456789"]])
def test_names_of_channels_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="must be the id"):
        SlackChannel(SlackSettings(), 1).parse_address(value)
