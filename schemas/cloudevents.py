"""Headers of a record: the CloudEvents 1.0 Kafka binding in binary mode, and ``traceparent``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from .base import Utc, format_utc
from .ids import event_id
from .removal import Removal

MUSEUM = "passaparola.museum.v1"
POST = "passaparola.post.v1"
ENGAGEMENT = "passaparola.engagement.v1"
REMOVAL = "passaparola.removal.v1"
TRACKED = "passaparola.tracked.v1"
CURSOR = "passaparola.cursor.v1"
GAP = "passaparola.gap.v1"
TICK = "passaparola.tick.v1"
HEARTBEAT = "passaparola.heartbeat.v1"
POST_ENRICHED = "passaparola.post.enriched.v1"
ACTIVITY = "passaparola.museum.activity.v1"
NORMS = "passaparola.norms.v1"
FORECAST = "passaparola.forecast.v1"
INCIDENT = "passaparola.incident.v1"

Headers = tuple[tuple[str, bytes], ...]
TickKind = Literal["wall", "replay"]

TICK_HEADER = "passaparola_tick"
REMOVAL_HEADER = "passaparola_removal"
REASON_HEADER = "passaparola_reason"
_time: TypeAdapter[datetime] = TypeAdapter(Utc)


def schema_urn(ce_type: str) -> str:
    """Return the name of the JSON Schema of an event type."""
    return f"urn:passaparola:schema:{ce_type}"


def headers_for(
    ce_type: str,
    source: str,
    key: str,
    value: bytes | None,
    time: datetime,
    *,
    traceparent: str | None = None,
) -> Headers:
    """Build a record's headers. ``source``: ``/service[/connector]``; ``time``: when it was."""
    stamp = format_utc(time)
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id(ce_type, key, value, stamp).encode()),
        ("ce_type", ce_type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", stamp.encode()),
    ]
    if value is not None:
        headers.append(("ce_dataschema", schema_urn(ce_type).encode()))
        headers.append(("content-type", b"application/json"))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return tuple(headers)


def tick_headers(kind: TickKind, source: str, key: str, time: datetime) -> Headers:
    """Build the headers of a tick; ``kind`` says whose clock it is."""
    return (*headers_for(TICK, source, key, None, time), (TICK_HEADER, kind.encode()))


def removal_headers(removal: Removal, source: str, *, traceparent: str | None = None) -> Headers:
    """Build the headers of a removal's null: the removal itself is one of them."""
    base = headers_for(
        REMOVAL,
        source,
        removal.post_id,
        None,
        removal.effective_at,
        traceparent=traceparent,
    )
    return (*base, (REMOVAL_HEADER, removal.model_dump_json(exclude_none=True).encode()))


def null_headers(
    ce_type: str,
    source: str,
    key: str,
    time: datetime,
    reason: str,
    *,
    traceparent: str | None = None,
) -> Headers:
    """Build the headers of a null that says why something is no longer under its key."""
    base = headers_for(ce_type, source, key, None, time, traceparent=traceparent)
    return (*base, (REASON_HEADER, reason.encode()))


def as_mapping(
    headers: Mapping[str, bytes] | Iterable[tuple[str, bytes]] | None,
) -> dict[str, bytes]:
    """Return headers by name; the last of a name counts."""
    if headers is None:
        return {}
    return dict(headers.items() if isinstance(headers, Mapping) else headers)


def ce_type(headers: Mapping[str, bytes]) -> str | None:
    """Return the event's type, if it has one."""
    return _text(headers, "ce_type")


def ce_time(headers: Mapping[str, bytes]) -> datetime:
    """Return when it happened. Raises ``ValueError`` where that is missing or unreadable."""
    text = _text(headers, "ce_time")
    if text is None:
        raise ValueError("header ce_time is missing")
    try:
        return _time.validate_python(text)
    except ValidationError as error:
        raise ValueError("header ce_time is not an RFC 3339 time with an offset") from error


def traceparent(headers: Mapping[str, bytes]) -> str | None:
    """Return the W3C trace context of the record, if any."""
    return _text(headers, "traceparent")


def tick_kind(headers: Mapping[str, bytes]) -> TickKind | None:
    """Return whose clock a tick is, or ``None`` for anything that is not a tick."""
    kind = _text(headers, TICK_HEADER)
    if kind == "wall":
        return "wall"
    return "replay" if kind == "replay" else None


def removal_of(headers: Mapping[str, bytes]) -> Removal | None:
    """Return the removal that a null carries, if any. Raises ``ValidationError`` if broken."""
    raw = headers.get(REMOVAL_HEADER)
    return None if raw is None else Removal.model_validate_json(raw)


def reason_of(headers: Mapping[str, bytes]) -> str | None:
    """Return why a null was written, if it says."""
    return _text(headers, REASON_HEADER)


def _text(headers: Mapping[str, bytes], name: str) -> str | None:
    raw = headers.get(name)
    return None if raw is None else raw.decode("utf-8", "replace")
