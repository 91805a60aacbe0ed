"""Acts upon posts, in Jetstream's v1 wire: likes, reposts, quotes and replies, and their undoing.

Which posts a frame names is told by its bytes alone. A frame that cannot be read is no act: what
it did, the next look at the AppView shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from schemas import Post, Removal, post_id

from .bluesky_wire import COLLECTION, PLATFORM, instant

COUNTER_OF = {"app.bsky.feed.like": "likes", "app.bsky.feed.repost": "reposts"}
"""What a record of each collection adds to; replies and quotes are posts."""

_POST_URI = re.compile(rb'at://[^/"\\]+/app\.bsky\.feed\.post/[^/"\\]+')
_AUTHOR = re.compile(rb'"did"\s*:\s*"([^"\\]+)"')
_ESCAPED_SLASH = b"\\/"


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody did something to a post; ``record`` (``collection/rkey``) tells it from others."""

    post_id: str
    counter: str
    author_id: str
    record: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """A record is gone, and with it whatever it was."""

    author_id: str
    record: str


class _Ref(msgspec.Struct):
    uri: str


class _Record(msgspec.Struct):
    subject: _Ref | None = None


class _Commit(msgspec.Struct):
    operation: str
    collection: str
    rkey: str
    record: _Record | None = None


class _Frame(msgspec.Struct):
    did: str
    time_us: int
    commit: _Commit | None = None


_frame = msgspec.json.Decoder(_Frame)


def named_posts(frame: bytes) -> Iterator[str]:
    """Yield the ids of the posts that a frame names, as far as its bytes show them."""
    for uri in _POST_URI.findall(frame):
        yield post_id(PLATFORM, uri.decode("utf-8", "replace"))


def hides_names(frame: bytes) -> bool:
    """Tell whether a frame may name posts that only reading it shows: JSON may escape a slash."""
    return _ESCAPED_SLASH in frame


def undoes(frame: bytes) -> str | None:
    """Return whose record a frame deletes, by its bytes; ``None`` where it deletes none."""
    if b'"delete"' not in frame or (found := _AUTHOR.search(frame)) is None:
        return None
    return found[1].decode("utf-8", "replace")


def read_act(frame: bytes) -> Act | Undone | None:
    """Return what a frame of a like or a repost did; ``None`` for any other."""
    try:
        told = _frame.decode(frame)
        commit = told.commit
        if commit is None or commit.collection not in COUNTER_OF:
            return None
        record = f"{commit.collection}/{commit.rkey}"
        if commit.operation == "delete":
            return Undone(told.did, record)
        if commit.operation != "create" or commit.record is None or commit.record.subject is None:
            return None
        subject = post_id(PLATFORM, commit.record.subject.uri)
        at = instant(told.time_us)
        return Act(subject, COUNTER_OF[commit.collection], told.did, record, at)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):
        return None


def acts_of(post: Post) -> Iterator[Act]:
    """Yield what a new post does to others: it answers one, it quotes one, or both."""
    if post.author is None or post.author.native_id is None or post.indexed_at is None:
        return
    author = post.author.native_id
    record = f"{COLLECTION}/{post.post_id.rpartition('/')[2]}"
    if post.reply_to is not None:
        yield Act(post.reply_to, "replies", author, record, post.indexed_at)
    if post.quote_of is not None:
        yield Act(post.quote_of, "quotes", author, record, post.indexed_at)


def undone_by(removal: Removal) -> Undone:
    """Return what the removal of a post undoes."""
    author, _, record = removal.post_id.partition("at://")[2].partition("/")
    return Undone(author, record)
