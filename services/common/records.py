"""A record on its way to Kafka, and a record that came from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiokafka.structs import ConsumerRecord
from pydantic import BaseModel

from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import HEARTBEAT_KEY, Topic


@dataclass(frozen=True, slots=True)
class Record:
    """What to write. ``partition`` is ``None`` where the key places it (``schemas.topics``)."""

    topic: Topic
    key: str | None
    value: bytes | None
    headers: ce.Headers = ()
    partition: int | None = None
    raw_key: bytes | None = None
    """The key's bytes where they need not be text: dead letters keep them as they were."""


@dataclass(frozen=True, slots=True)
class Received:
    """What was read. ``timestamp`` is when it was produced, in milliseconds of Unix time."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]
    timestamp: int


def event_record(
    topic: Topic,
    ce_type: str,
    source: str,
    key: str,
    model: BaseModel,
    time: datetime,
    *,
    traceparent: str | None = None,
) -> Record:
    """Wrap a model as the record of an event that happened at ``time``."""
    value = encode(model)
    headers = ce.headers_for(ce_type, source, key, value, time, traceparent=traceparent)
    return Record(topic, key, value, headers)


def heartbeat(topic: Topic, source: str, partition: int, at: datetime) -> Record:
    """Return the null of no key in use that lets Kafka clean a partition nobody else writes to."""
    headers = ce.headers_for(ce.HEARTBEAT, source, HEARTBEAT_KEY, None, at)
    return Record(topic, HEARTBEAT_KEY, None, headers, partition=partition)


def received(record: ConsumerRecord) -> Received:
    """Return what aiokafka read in our own form."""
    return Received(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        ce.as_mapping(record.headers),
        record.timestamp,
    )
