"""Who is told in a day: each receiver has a channel of Slack and a mailbox that bear its name."""

from __future__ import annotations

from demo.day import Day
from demo.day.truth import Channel
from demo.slack.messages import named_channel
from schemas import Museum

DEFAULT = "default"


def receivers_of(day: Day) -> list[str]:
    """Return the receivers that a day's museums name, and the one for all others."""
    return sorted({name for museum in day.museums for name in museum.receivers} | {DEFAULT})


def told_about(museum: Museum) -> list[str]:
    """Return the receivers that hear of a museum, each once."""
    return list(dict.fromkeys(museum.receivers)) or [DEFAULT]


def address_of(receiver: str, channel: Channel) -> str:
    """Return where a receiver is reached: the id of its channel of Slack, or its mailbox."""
    return named_channel(receiver).id if channel == "slack" else f"{receiver}@museum.example"
