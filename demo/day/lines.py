"""Lines of ``posts.jsonl``: posts, snapshots and removals as JSON, and what becomes of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from demo.day.truth import Fate
from schemas import format_utc

_TAG = re.compile(r"#(\w+)")


@dataclass(frozen=True)
class Line:
    """One line, without its line feed."""

    at: datetime
    """When it reaches us; the lines of a day are in this order."""
    data: bytes
    fate: Fate


@dataclass(frozen=True)
class Draft:
    """A post as its author wrote it, before we saw it; ``tracked``: it concerns a museum."""

    native_id: str
    platform: str
    author: Mapping[str, Any] | None
    text: str
    language: str
    created_at: datetime
    tracked: bool = True
    geo: Mapping[str, Any] | None = None
    reply_to: str | None = None

    @property
    def post_id(self) -> str:
        """``platform:native id``."""
        return f"{self.platform}:{self.native_id}"

    @property
    def followers(self) -> int | None:
        """The author's, if the platform tells."""
        return None if self.author is None else self.author["followers"]


def post_line(draft: Draft, seen_at: datetime) -> Line:
    """The post as first seen."""
    event = _post(draft, draft.text, seen_at, draft.created_at)
    return Line(seen_at, to_bytes(event), "published" if draft.tracked else "unmatched")


def edit_line(draft: Draft, text: str, seen_at: datetime, *, released: bool = False) -> Line:
    """The post after an edit; ``released``: it is about no museum any more."""
    edited_at = seen_at - timedelta(seconds=15)
    event = _post(draft, text, seen_at, edited_at) | {"edited_at": format_utc(edited_at)}
    return Line(seen_at, to_bytes(event), "released" if released else "published")


def snapshot_line(
    draft: Draft,
    seen_at: datetime,
    counters: Mapping[str, int],
    *,
    late_at: datetime | None = None,
    gone: bool = False,
) -> Line:
    """The post's counters at an instant; ``late_at``: it reaches us only then.

    ``gone``: the post was removed before.
    """
    event = {
        "type": "engagement",
        "post_id": draft.post_id,
        "platform": draft.platform,
        "observed_at": format_utc(seen_at),
        "method": "poll",
        **counters,
    }
    tracked = draft.tracked and not gone
    return Line(late_at or seen_at, to_bytes(event), "counted" if tracked else "untracked")


def removal_line(draft: Draft, seen_at: datetime) -> Line:
    """The author deleted the post."""
    event = {
        "type": "removal",
        "post_id": draft.post_id,
        "reason": "author_delete",
        "effective_at": format_utc(seen_at),
        "observed_at": format_utc(seen_at),
    }
    return Line(seen_at, to_bytes(event), "removed" if draft.tracked else "untracked")


def to_bytes(event: Mapping[str, Any]) -> bytes:
    """One JSON object, UTF-8, without a line feed."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def tags_in(text: str) -> list[str]:
    """The hashtags of a text as a platform lists them."""
    return sorted({tag.casefold() for tag in _TAG.findall(text)})


def _post(draft: Draft, text: str, seen_at: datetime, version_at: datetime) -> dict[str, Any]:
    event: dict[str, Any] = {
        "type": "post",
        "post_id": draft.post_id,
        "platform": draft.platform,
        "version": int(version_at.timestamp()) * 1_000_000,
        "kind": "post" if draft.reply_to is None else "reply",
        "url": f"https://{draft.platform}.example/{draft.native_id}",
        "author": draft.author,
        "text": text,
        "lang": draft.language,
        "hashtags": tags_in(text),
        "created_at": format_utc(draft.created_at),
        "observed_at": format_utc(seen_at),
    }
    if draft.geo is not None:
        event["geo"] = draft.geo
    if draft.reply_to is not None:
        event |= {"reply_to": draft.reply_to, "thread_root": draft.reply_to}
    return event
