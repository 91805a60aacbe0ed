"""The rules on hostile and impossible input: what is cleaned, what is refused.

Cleaned in text for people: lone surrogates become U+FFFD; control characters (NUL too) and
bidirectional embeddings, overrides and isolates go, so that an alert shows what was posted; then
NFC. Refused: such characters in an id, times over 24 h ahead of the clock, values out of bounds.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize

from schemas import EngagementSnapshot, Post, Removal
from services.common.errors import Poison

from .matching.tags import normalise_hashtags

MAX_AHEAD = timedelta(hours=24)

_SURROGATE = re.compile("[\ud800-\udfff]")
_HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_IN_AN_ID = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")


def clean_text(text: str) -> str:
    """Return text without what may hurt a reader, a terminal or a database; new lines stay."""
    if text.isascii() and text.isprintable():
        return text
    whole = _SURROGATE.sub("\ufffd", text).replace("\r\n", "\n")
    return normalize("NFC", _HOSTILE.sub("", whole))


def without_surrogates(value: Any) -> Any:
    """Return JSON data whose strings UTF-8 can carry: lone surrogates become U+FFFD."""
    match value:
        case str():
            return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
        case list():
            return [without_surrogates(item) for item in value]
        case dict():
            return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
        case _:
            return value


def clean_post(post: Post) -> dict[str, Any]:
    """Return the fields of a post that cleaning changes; hashtags become sorted keys."""
    tags = normalise_hashtags([clean_text(tag) for tag in post.hashtags])
    changed: dict[str, Any] = {} if tags == post.hashtags else {"hashtags": tags}
    for field in ("text", "content_warning"):
        value = getattr(post, field)
        if value is not None and (cleaned := clean_text(value)) != value:
            changed[field] = cleaned
    author = post.author
    if author is not None:
        names = {
            field: cleaned
            for field in ("handle", "display_name")
            if (value := getattr(author, field)) is not None
            and (cleaned := clean_text(value)) != value
        }
        if names:
            changed["author"] = author.model_copy(update=names)
    if any(media.alt is not None and clean_text(media.alt) != media.alt for media in post.media):
        changed["media"] = tuple(
            media.model_copy(update={"alt": media.alt and clean_text(media.alt)})
            for media in post.media
        )
    return changed


def check_post(post: Post, now: datetime) -> None:
    """Raise ``Poison`` for a post that says what cannot be."""
    _check_id(post.post_id)
    if post.author is not None and post.author.native_id is not None:
        _check_id(post.author.native_id)
    for field in ("created_at", "indexed_at", "edited_at", "observed_at"):
        _check_time(field, getattr(post, field), now)


def check_snapshot(snapshot: EngagementSnapshot, now: datetime) -> None:
    """Raise ``Poison`` for a snapshot that says what cannot be."""
    _check_id(snapshot.post_id)
    _check_time("observed_at", snapshot.observed_at, now)


def check_removal(removal: Removal) -> None:
    """Raise ``Poison`` for a removal whose id cannot be one. Any time is good: it must go."""
    _check_id(removal.post_id)


def _check_id(value: str) -> None:
    if _IN_AN_ID.search(value):
        raise Poison("unclean_id", "an id holds control, bidirectional or replaced characters")


def _check_time(field: str, value: datetime | None, now: datetime) -> None:
    if value is not None and value - now > MAX_AHEAD:
        raise Poison("from_the_future", f"{field} is more than 24 h ahead of the clock")
