"""Channels: the ways to reach people. A channel is one file and one line in ``create_channels``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .channel import Channel
from .email import EmailChannel
from .slack import SlackChannel

if TYPE_CHECKING:
    from services.alerts.settings import Settings

__all__ = ["Channel", "create_channels"]


def create_channels(settings: Settings) -> Mapping[str, Channel]:
    """Return every channel by its name, as receivers write it."""
    call_seconds = settings.outbox.call_seconds
    return {
        "slack": SlackChannel(settings.slack, call_seconds),
        "email": EmailChannel(settings.smtp, call_seconds),
    }
