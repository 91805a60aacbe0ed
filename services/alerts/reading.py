"""Reads one record of ``posts.enriched``: an alerted or plain post, a removal, a tick, or nothing.

What cannot be read is ``Poison``, also what no database could store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas import Alert, EnrichedPost, cloudevents, decode
from schemas.topics import HEARTBEAT_KEY, TICK_PREFIX, is_tick_key
from services.common.errors import Poison
from services.common.records import Received

from .rules import Rulebook

_MAX_REASON_CHARS = 64
_MAX_VERSION = 2**63


@dataclass(frozen=True)
class Judged:
    """A post, and the alerts that the rules found in it."""

    post: EnrichedPost
    alerts: tuple[Alert, ...]
    timestamp: int
    """When the record was produced, in milliseconds of Unix time."""
    pages: bool = True
    """Whether its alerts may open messages; they are kept in any case."""


@dataclass(frozen=True)
class Gone:
    """A post is no longer there, or no longer about this museum."""

    museum_id: str
    post_id: str
    reason: str
    at: datetime
    timestamp: int


@dataclass(frozen=True)
class Tick:
    """The time that one source has reached."""

    source: int
    at: datetime


Event = Judged | Gone | Tick


def read(received: Received, rulebook: Rulebook) -> Event | None:
    """Read and judge a record; ``None`` for a heartbeat. Raises ``Poison``."""
    key = _key(received)
    if received.value is not None:
        return _judged(received, key, received.value, rulebook)
    if key == HEARTBEAT_KEY:
        return None
    try:
        at = cloudevents.ce_time(received.headers)
    except ValueError as error:
        raise Poison("bad_time", str(error)) from None
    if is_tick_key(key):
        source = key.removeprefix(TICK_PREFIX)
        if not source.isascii() or not source.isdecimal():
            raise Poison("bad_key", "a tick's key must end in a partition")
        return Tick(int(source), at)
    museum_id, slash, post_id = key.partition("/")
    if not slash or not post_id:
        raise Poison("bad_key", "the key must be museum_id/post_id")
    reason = (cloudevents.reason_of(received.headers) or "").replace("\0", "")
    return Gone(museum_id, post_id, reason[:_MAX_REASON_CHARS], at, received.timestamp)


def _key(received: Received) -> str:
    try:
        key = (received.key or b"").decode()
    except UnicodeDecodeError:
        raise Poison("bad_key", "the key is not UTF-8") from None
    if not key or "\0" in key:
        raise Poison("bad_key", "the key is empty or has a NUL in it")
    return key


def _judged(received: Received, key: str, value: bytes, rulebook: Rulebook) -> Judged:
    try:
        post = decode(EnrichedPost, value)
    except ValueError as error:
        raise Poison("bad_value", str(error)) from None
    if post.key != key:
        raise Poison("key_mismatch", "the key is not that of the post in the value")
    if "\0" in post.story_id or not 0 <= post.version < _MAX_VERSION:
        raise Poison("bad_value", "story_id or version cannot be stored")
    return Judged(post, rulebook.judge(post), received.timestamp)
