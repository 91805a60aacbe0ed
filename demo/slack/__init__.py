"""A stand-in for Slack, for tests and the demo: see :class:`SlackStandIn`."""

from demo.slack.app import TOKEN, SlackStandIn
from demo.slack.calls import Call
from demo.slack.faults import (
    SlackFault,
    drop_after_acceptance,
    drop_before_acceptance,
    rate_limited,
    server_error,
    slack_error,
    timeout_after_acceptance,
    timeout_before_acceptance,
)
from demo.slack.messages import Channel, Message
from demo.slack.render import render_channel, render_message

__all__ = [
    "TOKEN",
    "Call",
    "Channel",
    "Message",
    "SlackFault",
    "SlackStandIn",
    "drop_after_acceptance",
    "drop_before_acceptance",
    "rate_limited",
    "render_channel",
    "render_message",
    "server_error",
    "slack_error",
    "timeout_after_acceptance",
    "timeout_before_acceptance",
]
