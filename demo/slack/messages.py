"""A workspace's channels and their messages: posted, changed, deleted, and read back in pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]

TEAM_ID = "T0STANDIN0"
BOT_ID = "B0STANDIN0"
BOT_USER_ID = "U0STANDIN0"
BOT_NAME = "Passaparola"

_TS = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
_CURSOR_PREFIX = "next_ts:"


class SlackError(Exception):
    """Slack does not do the call; ``error`` is its name for the reason."""

    def __init__(self, error: str, **detail: Any) -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


@dataclass
class Channel:
    """A channel as the app sees it: is it a member, is the channel archived."""

    id: str
    name: str
    member: bool = True
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    """By ``ts``, oldest first, replies among them."""


@dataclass(frozen=True)
class Page:
    """A part of a channel's messages, and the cursor of the next part if there is one."""

    messages: list[Message]
    next_cursor: str | None


class Workspace:
    """Channels by id. A channel given as a name gets an id that follows from the name."""

    def __init__(self, channels: Iterable[str | Channel], clock: Callable[[], float]) -> None:
        self._clock = clock
        self.channels: dict[str, Channel] = {}
        for channel in channels:
            made = channel if isinstance(channel, Channel) else named_channel(channel)
            self.channels[made.id] = made

    def channel(self, reference: Any, *, by_name: bool = False) -> Channel:
        """The channel with this id; its name is enough only where Slack takes names."""
        if isinstance(reference, str):
            if reference in self.channels:
                return self.channels[reference]
            for channel in self.channels.values() if by_name else ():
                if channel.name == reference.removeprefix("#"):
                    return channel
        raise SlackError("channel_not_found")

    def post(self, channel: Channel, content: Mapping[str, Any], thread_ts: Any = None) -> Message:
        """Store a message, as a reply if ``thread_ts`` names a message, and return it."""
        parent = None if thread_ts is None else self._parent(channel, thread_ts)
        ts = self._next_ts(channel)
        message: Message = {
            "type": "message",
            "user": BOT_USER_ID,
            "bot_id": BOT_ID,
            "team": TEAM_ID,
            "ts": ts,
            **content,
        }
        if parent is not None:
            parent["thread_ts"] = parent["ts"]
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["reply_users"] = [BOT_USER_ID]
            parent["reply_users_count"] = 1
            parent["latest_reply"] = ts
            message |= {"thread_ts": parent["ts"], "parent_user_id": parent["user"]}
        channel.messages[ts] = message
        return message

    def find(self, channel: Channel, ts: Any) -> Message:
        """The message with this ``ts``, unless it was deleted."""
        message = channel.messages.get(ts) if isinstance(ts, str) else None
        if message is None or message.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return message

    def change(self, channel: Channel, ts: Any, content: Mapping[str, Any]) -> Message:
        """Replace parts of a message; a part that is None goes."""
        message = self.find(channel, ts)
        for name, value in content.items():
            if value is None:
                message.pop(name, None)
            else:
                message[name] = value
        message["edited"] = {"user": BOT_USER_ID, "ts": f"{int(self._clock())}.000000"}
        return message

    def delete(self, channel: Channel, ts: Any) -> None:
        """Take a message away; one with replies leaves a tombstone, as in Slack."""
        message = self.find(channel, ts)
        if not message.get("reply_count"):
            del channel.messages[ts]
            return
        for name in ("blocks", "attachments", "metadata", "edited"):
            message.pop(name, None)
        message |= {"subtype": "tombstone", "text": "This message was deleted."}

    def _parent(self, channel: Channel, thread_ts: Any) -> Message:
        if not isinstance(thread_ts, str) or not re.fullmatch(r"\d{1,12}\.\d{6}", thread_ts):
            raise SlackError(
                "invalid_thread_ts",
                response_metadata={"messages": [f"[ERROR] {thread_ts} is not a valid thread_ts"]},
            )
        message = channel.messages.get(thread_ts)
        if message is None:
            raise SlackError("thread_not_found")
        return channel.messages[message.get("thread_ts", thread_ts)]

    def _next_ts(self, channel: Channel) -> str:
        last = parse_ts(next(reversed(channel.messages), "0"))
        micros = max(int(self._clock() * 1_000_000), last + 1)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def named_channel(name: str) -> Channel:
    """A channel for an id or a name, with or without the ``#``."""
    if _CHANNEL_ID.fullmatch(name):
        return Channel(id=name, name=name.lower())
    name = name.removeprefix("#")
    digest = hashlib.sha256(name.encode()).hexdigest()[:10].upper()
    return Channel(id=f"C{digest}", name=name)


def parse_ts(value: Any) -> int:
    """A ``ts`` in microseconds; raises ValueError for what is none."""
    match = _TS.fullmatch(str(value))
    if match is None:
        raise ValueError(f"not a timestamp: {value!r}")
    return int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))


def page_of(
    messages: Iterable[Message],
    *,
    oldest: int | None,
    latest: int | None,
    inclusive: bool,
    limit: int,
    cursor: str | None,
    newest_first: bool,
) -> Page:
    """The messages between two instants (microseconds), a page of them, with the next cursor."""
    found = [
        message
        for message in messages
        if _within(parse_ts(message["ts"]), oldest, latest, inclusive)
    ]
    found.sort(key=lambda message: parse_ts(message["ts"]), reverse=newest_first)
    if cursor:
        start = _parse_cursor(cursor)
        found = [
            message
            for message in found
            if (
                parse_ts(message["ts"]) <= start
                if newest_first
                else parse_ts(message["ts"]) >= start
            )
        ]
    following = found[limit] if len(found) > limit else None
    return Page(
        messages=found[:limit],
        next_cursor=None if following is None else _make_cursor(parse_ts(following["ts"])),
    )


def _within(ts: int, oldest: int | None, latest: int | None, inclusive: bool) -> bool:
    if inclusive:
        return (oldest is None or ts >= oldest) and (latest is None or ts <= latest)
    return (oldest is None or ts > oldest) and (latest is None or ts < latest)


def _make_cursor(ts: int) -> str:
    return base64.b64encode(f"{_CURSOR_PREFIX}{ts}".encode()).decode()


def _parse_cursor(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor.encode(), validate=True).decode()
        if text.startswith(_CURSOR_PREFIX):
            return int(text.removeprefix(_CURSOR_PREFIX))
    except ValueError:
        pass
    raise SlackError("invalid_cursor")
