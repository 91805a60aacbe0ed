"""The rules on hostile and impossible input: what is cleaned, what is refused.

Cleaned in text for people: lone surrogates become U+FFFD; control characters (NUL too) and
bidirectional embeddings, overrides and isolates go, so that an alert shows what was posted; then
NFC. Left out: such characters in what only refers to another post or page. Refused: such characters
in the post's own ids, times over 24 h ahead of the clock, values out of bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from unicodedata import normalize

from schemas import EngagementSnapshot, Model, Post, Removal
from services.common.errors import Poison

from .matching.tags import normalise_hashtags

MAX_AHEAD = timedelta(hours=24)

_SURROGATE = re.compile("[\ud800-\udfff]")
_HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_IN_AN_ID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")

ModelT = TypeVar("ModelT", bound=Model)


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
    cleaned = {
        "text": clean_text(post.text),
        "content_warning": post.content_warning and clean_text(post.content_warning),
        "hashtags": normalise_hashtags([clean_text(tag) for tag in post.hashtags]),
        "author": post.author and _changed(post.author, clean_text, "handle", "display_name"),
        "media": tuple(_changed(media, clean_text, "alt") for media in post.media),
        "mentions": tuple(
            _changed(one, _reference, "native_id", "handle") for one in post.mentions
        ),
        "links": tuple(link for link in post.links if _reference(link)),
        "reply_to": post.reply_to and _reference(post.reply_to),
        "thread_root": post.thread_root and _reference(post.thread_root),
        "quote_of": post.quote_of and _reference(post.quote_of),
    }
    return {field: value for field, value in cleaned.items() if value != getattr(post, field)}


def _changed(model: ModelT, clean: Callable[[str], str | None], *fields: str) -> ModelT:
    """Return a part of a post with some of its fields cleaned."""
    update = {
        field: cleaned
        for field in fields
        if (value := getattr(model, field)) is not None and (cleaned := clean(value)) != value
    }
    return model.model_copy(update=update) if update else model


def _reference(value: str) -> str | None:
    """Return what refers to something else, or nothing where it cannot."""
    return None if _IN_AN_ID.search(value) else value


def check_post(post: Post, now: datetime) -> None:
    """Raise ``Poison`` for a post that says what cannot be."""
    _check_id(post.post_id)
    if post.author is not None and post.author.native_id is not None:
        _check_id(post.author.native_id)
    for field in ("created_at", "indexed_at", "edited_at", "observed_at"):
        check_time(field, getattr(post, field), now)


def check_snapshot(snapshot: EngagementSnapshot, now: datetime) -> None:
    """Raise ``Poison`` for a snapshot that says what cannot be."""
    _check_id(snapshot.post_id)
    check_time("observed_at", snapshot.observed_at, now)


def check_removal(removal: Removal) -> None:
    """Raise ``Poison`` for a removal whose id cannot be one. Any time is good: it must go."""
    _check_id(removal.post_id)


def _check_id(value: str) -> None:
    if _IN_AN_ID.search(value):
        raise Poison("unclean_id", "an id holds control, bidirectional or replaced characters")


def check_time(field: str, value: datetime | None, now: datetime) -> None:
    """Raise ``Poison`` for a time that lies too far ahead of the clock."""
    if value is not None and value - now > MAX_AHEAD:
        raise Poison("from_the_future", f"{field} is more than 24 h ahead of the clock")
