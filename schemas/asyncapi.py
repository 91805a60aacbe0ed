"""Writes ``schemas/asyncapi.json``: what lies on the topics, for tools that read AsyncAPI 3.0.

Run ``python -m schemas.asyncapi``. Values are the JSON Schemas beside it. What such a description
has no word for (repeats, order, what stays compatible) is told in docs/events.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import cloudevents as ce
from . import topics
from .jsonschema import EVENTS
from .topics import HEARTBEAT_KEY, Topic
from .version import VERSION

PATH = Path(__file__).parent / "asyncapi.json"
Schemas = dict[str, dict[str, Any]]

_SUFFIX = ".gone"
_GONE: tuple[str, dict[str, Any], Schemas, bool] = (
    "No longer there: delete what you hold of it.",
    {},
    {ce.REASON_HEADER: {"type": "string"}},
    False,
)
_NULLS: dict[str, tuple[str, dict[str, Any], Schemas, bool]] = {
    ce.REMOVAL: (
        "A post must go: delete what you hold of it. A header holds the removal as JSON.",
        {},
        {ce.REMOVAL_HEADER: {"type": "string"}},
        True,
    ),
    ce.TICK: (
        "This source has told everything up to ce_time.",
        {"pattern": f"^{topics.TICK_PREFIX}[0-9]+$"},
        {ce.TICK_HEADER: {"enum": ["wall", "replay"]}},
        True,
    ),
    ce.HEARTBEAT: ("Says nothing, and lets Kafka clean.", {"const": HEARTBEAT_KEY}, {}, True),
}
"""Messages without a value: what they say, their keys, their headers, and whether always there."""


@dataclass(frozen=True)
class Channel:
    """What a reader of a topic meets. ``gone``: nulls say that something is no longer there."""

    topic: Topic
    key: str
    events: tuple[str, ...]
    gone: bool = False
    ticks: bool = False
    heartbeats: bool = False

    @property
    def messages(self) -> tuple[str, ...]:
        """Names of the messages, those without a value last."""
        nulls = {f"{event}{_SUFFIX}": self.gone for event in self.events}
        nulls |= {ce.TICK: self.ticks, ce.HEARTBEAT: self.heartbeats}
        return (*self.events, *(name for name, there in nulls.items() if there))


CHANNELS = (
    Channel(topics.POSTS_ENRICHED, "museum_id/post_id", (ce.POST_ENRICHED,), gone=True, ticks=True),
    Channel(topics.ACTIVITY, "museum_id", (ce.ACTIVITY,)),
    Channel(topics.INCIDENTS, "museum_id/incident_id", (ce.INCIDENT,), heartbeats=True),
    Channel(topics.MUSEUMS, "museum_id", (ce.MUSEUM,), gone=True),
    Channel(topics.POSTS_RAW, "post_id", (ce.POST, ce.REMOVAL), ticks=True),
    Channel(topics.ENGAGEMENT, "post_id", (ce.ENGAGEMENT,), ticks=True),
    Channel(topics.GAPS, "connector:subscription", (ce.GAP,)),
    Channel(topics.TRACKED, "post_id", (ce.TRACKED,), gone=True),
    Channel(topics.CURSORS, "connector:subscription", (ce.CURSOR,)),
    Channel(
        topics.NORMS,
        "platform/bucket/day/partition or platform/forecast/day/partition",
        (ce.NORMS, ce.FORECAST),
        gone=True,
    ),
)


def document() -> dict[str, Any]:
    """Return the description."""
    messages = {name: _message(name) for channel in CHANNELS for name in channel.messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Passaparola",
            "version": VERSION,
            "description": "What visitors say of museums in public, scored. Delivery is at least "
            "once: set what is under a key, add nothing up.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.topic.name: _channel(channel) for channel in CHANNELS},
        "operations": {
            f"send.{channel.topic.name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel.topic.name}"},
                "summary": f"Written by {channel.topic.written_by}.",
            }
            for channel in CHANNELS
        },
        "components": {"messages": messages},
    }


def _channel(channel: Channel) -> dict[str, Any]:
    config = channel.topic.config()
    binding: dict[str, Any] = {
        "bindingVersion": "0.5.0",
        "topicConfiguration": {
            "cleanup.policy": config["cleanup.policy"].split(","),
            "retention.ms": int(config["retention.ms"]),
            "max.message.bytes": int(config["max.message.bytes"]),
        },
    }
    if channel.topic.partitions is not None:
        binding["partitions"] = channel.topic.partitions
    return {
        "address": channel.topic.name,
        "description": f"Key: {channel.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.messages},
        "bindings": {"kafka": binding},
    }


def _message(name: str) -> dict[str, Any]:
    if name in EVENTS and name != ce.REMOVAL:
        headers = {
            "ce_dataschema": {"const": ce.schema_urn(name)},
            "content-type": {"const": "application/json"},
        }
        return {
            "name": name,
            "summary": (EVENTS[name].__doc__ or "").partition("\n")[0],
            "headers": _headers(name, headers, needed=True),
            "payload": {
                "schemaFormat": "application/schema+json;version=draft-2020-12",
                "schema": {"$ref": f"./json/{name}.json"},
            },
            "bindings": _keyed({}),
        }
    summary, key, headers, needed = _NULLS.get(name, _GONE)
    return {
        "name": name,
        "summary": summary,
        "headers": _headers(name.removesuffix(_SUFFIX), headers, needed=needed),
        "payload": {"type": "null"},
        "bindings": _keyed(key),
    }


def _headers(ce_type: str, others: Schemas, *, needed: bool) -> dict[str, Any]:
    always = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_type": {"const": ce_type},
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_time": {"type": "string", "format": "date-time"},
    }
    return {
        "type": "object",
        "properties": always | others | {"traceparent": {"type": "string"}},
        "required": [*always, *others] if needed else [*always],
    }


def _keyed(key: dict[str, Any]) -> dict[str, Any]:
    return {"kafka": {"bindingVersion": "0.5.0", "key": {"type": "string"} | key}}


def text() -> str:
    """Return the description as its file holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    print(PATH.name)
