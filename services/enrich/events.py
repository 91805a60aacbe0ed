"""Reads what comes in: a post, a snapshot, a removal or a tick, or poison with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import ValidationError

from schemas import EngagementSnapshot, EnrichedPost, Model, Post, Removal
from schemas import cloudevents as ce
from schemas.codec import decode, explain
from schemas.topics import ENGAGEMENT, HEARTBEAT_KEY, is_tick_key
from services.common.errors import Poison
from services.common.records import Received

AHEAD = timedelta(days=1)
"""How far a time may lie beyond the record's own before it is taken for a lie."""

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True)
class Tick:
    """What time it is in a partition, and by whose clock."""

    kind: ce.TickKind
    at: datetime


@dataclass(frozen=True)
class Gone:
    """An enriched post that is no longer there, or no longer about its museum."""

    museum_id: str
    post_id: str


PostEvent = Post | EngagementSnapshot | Removal | Tick
"""What stage 1 reads."""


def read_post_event(received: Received) -> PostEvent | None:
    """Read a record of ``posts.raw`` or ``posts.engagement``; ``None`` for a heartbeat."""
    key = _key(received)
    if key == HEARTBEAT_KEY:
        return None
    if is_tick_key(key):
        return _tick(received)
    if received.topic == ENGAGEMENT.name:
        snapshot = _value(received, EngagementSnapshot)
        _not_ahead(received, snapshot.observed_at)
        _same(key, snapshot.post_id)
        return snapshot
    if received.value is None:
        return _removal(received, key)
    post = _value(received, Post)
    _not_ahead(received, post.observed_at)
    _not_ahead(received, post.created_at)
    _same(key, post.post_id)
    return post


def read_enriched_event(received: Received) -> EnrichedPost | Gone | Tick | None:
    """Read a record of ``posts.enriched``; ``None`` for a heartbeat."""
    key = _key(received)
    if key == HEARTBEAT_KEY:
        return None
    if is_tick_key(key):
        return _tick(received)
    museum_id, slash, post_id = key.partition("/")
    if not slash:
        raise Poison("bad_key", "the key is not museum_id/post_id")
    if received.value is None:
        return Gone(museum_id, post_id)
    post = _value(received, EnrichedPost)
    _same(key, post.key)
    return post


def _key(received: Received) -> str:
    try:
        return (received.key or b"").decode("utf-8")
    except UnicodeDecodeError:
        raise Poison("bad_key", "the key is not UTF-8") from None


def _value(received: Received, model: type[ModelT]) -> ModelT:
    if received.value is None:
        raise Poison("no_value", "the record has no value")
    try:
        return decode(model, received.value)
    except ValueError as error:
        raise Poison("invalid", str(error)) from None


def _removal(received: Received, key: str) -> Removal:
    try:
        removal = ce.removal_of(received.headers)
    except ValidationError as error:
        raise Poison("invalid", explain(error)) from None
    if removal is None:
        raise Poison("no_removal", "a null that says neither why nor since when")
    _not_ahead(received, removal.observed_at)
    _same(key, removal.post_id)
    return removal


def _tick(received: Received) -> Tick:
    kind = ce.tick_kind(received.headers)
    if kind is None:
        raise Poison("bad_tick", "a tick does not say whose clock it is")
    try:
        at = ce.ce_time(received.headers)
    except ValueError as error:
        raise Poison("bad_tick", str(error)) from None
    _not_ahead(received, at)
    return Tick(kind, at)


def _same(key: str, wanted: str) -> None:
    if key != wanted:
        raise Poison("key_mismatch", "the key is not that of the value")


def _not_ahead(received: Received, at: datetime) -> None:
    if at > datetime.fromtimestamp(received.timestamp / 1000, UTC) + AHEAD:
        raise Poison("from_the_future", "a time lies more than a day ahead of its record")
