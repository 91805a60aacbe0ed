"""Enriched posts, museums and records to test alerts with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from schemas import EnrichedPost, Museum, cloudevents
from schemas.codec import encode
from schemas.topics import MUSEUMS, POSTS_ENRICHED, tick_key
from services.common.records import Received, Record, event_record

AT = datetime(2026, 5, 3, 13, 2, tzinfo=UTC)
VIRAL = "310 weighted interactions after 2 h; posts of this age usually have 3 to 40."

NEGATIVE = {
    "label": "negative", "p_negative": 0.9, "p_neutral": 0.08, "p_positive": 0.02,
    "confidence": 0.9, "abstained": False, "model": "test",
}  # fmt: skip
NEUTRAL = NEGATIVE | {"label": "neutral", "p_negative": 0.1, "p_neutral": 0.88}
VIRALITY = {"viral": True, "since": AT, "explanation": VIRAL}
ENGAGEMENT = {
    "score": 97.0, "weighted": 310.0, "usual_low": 3.0, "usual_high": 40.0, "age_hours": 2.0,
    "norms": "prior", "explanation": VIRAL,
}  # fmt: skip


def make_post(**changes: Any) -> EnrichedPost:
    """Return a quiet post of a stranger; the changes make it what a test needs."""
    values: dict[str, Any] = {
        "museum_id": "museo-egizio", "post_id": "bluesky:1", "platform": "bluesky", "version": 1,
        "kind": "post", "url": "https://bsky.app/profile/anna/post/1",
        "author": {"handle": "anna", "display_name": "Anna", "followers": 200},
        "text": "Two hours in the queue at the museum.", "hashtags": ("MuseoEgizio",), "media": (),
        "rating": None, "matches": (), "own": False, "transport": "stream", "pages": True,
        "created_at": AT, "observed_at": AT, "language": {"code": "en", "confidence": 0.9},
        "sentiment": NEUTRAL, "counters": None, "counted_at": None, "engagement": None,
        "virality": None, "revision": 1, "reason": "post",
    }  # fmt: skip
    values |= changes
    values.setdefault("story_id", values["post_id"])
    return EnrichedPost.model_validate(values)


def viral(**changes: Any) -> EnrichedPost:
    """Return a post that enrich marked viral."""
    return make_post(
        **({"virality": VIRALITY, "engagement": ENGAGEMENT, "reason": "snapshot"} | changes)
    )


def negative(**changes: Any) -> EnrichedPost:
    """Return a negative post of somebody with many followers."""
    author = {"handle": "anna", "display_name": "Anna", "followers": 20_000}
    return make_post(**({"sentiment": NEGATIVE, "author": author} | changes))


def make_museum(museum_id: str = "museo-egizio", **changes: Any) -> Museum:
    """Return a museum in Turin that names a receiver."""
    values = {
        "museum_id": museum_id, "name": "Museo Egizio", "words": ("Museo Egizio",),
        "timezone": "Europe/Rome", "receivers": ("egizio",),
    }  # fmt: skip
    return Museum.model_validate(values | changes)


def post_record(post: EnrichedPost) -> Record:
    """Return a post as enrich writes it."""
    return event_record(
        POSTS_ENRICHED, cloudevents.POST_ENRICHED, "/enrich", post.key, post, post.observed_at
    )


def null_record(post: EnrichedPost, reason: str, at: datetime = AT) -> Record:
    """Return the null under a post's key."""
    headers = cloudevents.null_headers(cloudevents.POST_ENRICHED, "/enrich", post.key, at, reason)
    return Record(POSTS_ENRICHED, post.key, None, headers)


def tick_record(partition: int, source: int, at: datetime) -> Record:
    """Return a tick of one source on one partition."""
    key = tick_key(source)
    headers = cloudevents.tick_headers("replay", "/enrich", key, at)
    return Record(POSTS_ENRICHED, key, None, headers, partition=partition)


def museum_record(museum: Museum) -> Record:
    """Return a museum as it stands on the register."""
    return event_record(MUSEUMS, cloudevents.MUSEUM, "/cli", museum.museum_id, museum, AT)


def received(record: Record, offset: int = 0, partition: int = 0) -> Received:
    """Return a record as a consumer reads it."""
    key = record.raw_key if record.key is None else record.key.encode()
    return Received(
        record.topic.name, partition, offset, key, record.value, dict(record.headers),
        int(AT.timestamp() * 1000),
    )  # fmt: skip


def encoded(post: EnrichedPost) -> bytes:
    """Return a post's bytes."""
    return encode(post)
