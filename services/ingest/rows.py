"""Rows of ``ingest.tracked``: made of a post, kept up with edits and looks, written as records."""

from __future__ import annotations

from datetime import datetime

from schemas import Post, TrackedPost, encode
from schemas import cloudevents as ce
from schemas.topics import TRACKED
from services.common.records import Record

from .observations import Look


def new_row(post: Post, now: datetime, next_look_at: datetime | None) -> TrackedPost:
    """Return the first row of a post that is passed on."""
    return TrackedPost(
        post_id=post.post_id,
        platform=post.platform,
        native_ref=post.native_ref,
        author_id=_author_id(post),
        museum_ids=post.museum_ids,
        version=post.version,
        created_at=post.created_at,
        tracked_at=now,
        next_look_at=next_look_at,
    )


def newer_row(row: TrackedPost, post: Post, now: datetime) -> TrackedPost:
    """Return the row after an edit; what the edit does not say stays.

    It is kept as long as that of a new post, for so is the text.
    """
    return row.model_copy(
        update={
            "native_ref": post.native_ref or row.native_ref,
            "author_id": _author_id(post) or row.author_id,
            "museum_ids": post.museum_ids,
            "version": post.version,
            "tracked_at": now,
        }
    )


def looked_row(row: TrackedPost, look: Look) -> TrackedPost:
    """Return the row after a look; where it showed no counters, the last ones stay."""
    return row.model_copy(
        update={
            "looked_at": look.looked_at,
            "next_look_at": look.next_look_at,
            "unchanged_looks": look.unchanged_looks,
            "missing_looks": look.missing_looks,
            "counters": look.counters or row.counters,
        }
    )


def row_record(post_id: str, row: TrackedPost | None, now: datetime) -> Record:
    """Return the record of a row, or of its end."""
    value = None if row is None else encode(row)
    headers = ce.headers_for(ce.TRACKED, "/ingest", post_id, value, now)
    return Record(TRACKED, post_id, value, headers)


def _author_id(post: Post) -> str | None:
    return None if post.author is None else post.author.native_id
