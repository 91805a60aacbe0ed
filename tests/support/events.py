"""Builders of museums, posts, snapshots, removals and ticks, and the records that carry them.

What a test does not say is ordinary: a post of a stream, seen when it was made.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schemas import (
    Author,
    EngagementSnapshot,
    Hashtag,
    Ingest,
    Match,
    MatchKind,
    Museum,
    Post,
    Removal,
    RemovalReason,
    Transport,
)
from schemas import cloudevents as ce
from schemas.topics import ENGAGEMENT, MUSEUMS, POSTS_RAW, tick_key
from services.common.records import Record, event_record

SOURCE = "/tests"
PLATFORM = "bluesky"


def museum(museum_id: str) -> Museum:
    """A museum found by the hashtag of its id."""
    return Museum(
        museum_id=museum_id,
        name=museum_id.title(),
        hashtags=(Hashtag(raw=museum_id),),
        timezone="Europe/Rome",
    )


def post(
    native_id: str,
    museum_ids: tuple[str, ...],
    at: datetime,
    text: str = "Due ore di coda, ma che meraviglia",
    **fields: Any,
) -> Post:
    """A post about museums, made and seen at ``at`` unless ``fields`` say otherwise."""
    matches = tuple(
        Match(museum_id=museum_id, kind=MatchKind.HASHTAG, value=museum_id)
        for museum_id in museum_ids
    )
    ordinary = {
        "post_id": f"{PLATFORM}:{native_id}",
        "platform": PLATFORM,
        "version": 1,
        "text": text,
        "author": Author(native_id="a1", handle="visitor", followers=250),
        "created_at": at,
        "observed_at": at,
        "matches": matches,
        "ingest": Ingest(connector="tests", transport=Transport.STREAM, received_at=at),
    }
    return Post.model_validate(ordinary | fields)


def snapshot(post_id: str, at: datetime, **counters: int) -> EngagementSnapshot:
    """The counters of a post at an instant."""
    return EngagementSnapshot.model_validate(
        {
            "post_id": post_id,
            "platform": PLATFORM,
            "observed_at": at,
            "method": "poll",
            **counters,
        }
    )


def removal(
    post_id: str,
    at: datetime,
    version: int | None = None,
    reason: RemovalReason = RemovalReason.AUTHOR_DELETE,
) -> Removal:
    """The removal of a post, of all its versions unless one is named."""
    return Removal(post_id=post_id, reason=reason, effective_at=at, observed_at=at, version=version)


def museum_record(museum: Museum, at: datetime) -> Record:
    """A museum as ``passaparola museums apply`` writes it."""
    return event_record(MUSEUMS, ce.MUSEUM, SOURCE, museum.museum_id, museum, at)


def post_record(post: Post) -> Record:
    """A post as ingest writes it."""
    return event_record(POSTS_RAW, ce.POST, SOURCE, post.post_id, post, post.observed_at)


def snapshot_record(snapshot: EngagementSnapshot) -> Record:
    """A snapshot as ingest writes it."""
    return event_record(
        ENGAGEMENT, ce.ENGAGEMENT, SOURCE, snapshot.post_id, snapshot, snapshot.observed_at
    )


def removal_record(removal: Removal) -> Record:
    """A removal as ingest writes it: a null with its facts in the headers."""
    return Record(POSTS_RAW, removal.post_id, None, ce.removal_headers(removal, SOURCE))


def tick_records(at: datetime, partitions: int) -> list[Record]:
    """The ticks of one instant on every partition of both inputs."""
    return [
        Record(
            topic,
            tick_key(partition),
            None,
            ce.tick_headers("replay", SOURCE, tick_key(partition), at),
            partition=partition,
        )
        for topic in (POSTS_RAW, ENGAGEMENT)
        for partition in range(partitions)
    ]
