"""Reads the arguments of a call as Slack does: strings from a form, or anything from JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from demo.slack.blocks import block_faults
from demo.slack.messages import Message, Page, SlackError, page_of, parse_ts

MAX_PAGE = 999
DEFAULT_PAGE = 100
MAX_METADATA = 8_000
"""Characters of JSON; Slack documents that there is a limit, not which."""
NO_TEXT = "This content can't be displayed."

Arguments = Mapping[str, Any]


def read_content(arguments: Arguments, most_text: int) -> Message:
    """What a message says: text, blocks, attachments, metadata; checked against Slack's limits."""
    content: Message = {}
    text = arguments.get("text", "")
    if not isinstance(text, str):
        raise SlackError("invalid_arguments")
    if len(text) > most_text:
        raise SlackError("msg_too_long")
    if blocks := read_list(arguments, "blocks", "invalid_blocks_format"):
        if faults := block_faults(blocks):
            raise SlackError(
                "invalid_blocks",
                errors=faults,
                response_metadata={"messages": [f"[ERROR] {fault}" for fault in faults]},
            )
        content["blocks"] = [
            {"block_id": f"b{index}", **block} for index, block in enumerate(blocks)
        ]
    if attachments := read_list(arguments, "attachments", "invalid_attachments"):
        content["attachments"] = attachments
    if metadata := read_metadata(arguments.get("metadata")):
        content["metadata"] = metadata
    if not text.strip() and not content.keys() & {"blocks", "attachments"}:
        raise SlackError("no_text")
    content["text"] = text or NO_TEXT
    return content


def read_list(arguments: Arguments, name: str, error: str) -> list[Any]:
    """A list, or its JSON in a string; empty if there is none."""
    value = read_json(arguments.get(name), error)
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise SlackError(error)
    return value


def read_metadata(value: Any) -> dict[str, Any]:
    """Message metadata: ``event_type`` and ``event_payload``; empty if there is none."""
    metadata = read_json(value, "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return {}
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return {name: metadata[name] for name in ("event_type", "event_payload")}


def read_json(value: Any, error: str) -> Any:
    """The value itself, or what a string holds as JSON."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return parse_json(value)
    except ValueError:
        raise SlackError(error) from None


def parse_json(text: str) -> Any:
    """Strict JSON: no NaN, no nesting beyond reason; raises ValueError."""

    def refuse(constant: str) -> None:
        raise ValueError(f"not JSON: {constant}")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_page(messages: Iterable[Message], arguments: Arguments, *, newest_first: bool) -> Page:
    """The page of messages that the arguments ask for."""
    cursor = arguments.get("cursor")
    page = page_of(
        messages,
        oldest=read_ts(arguments, "oldest"),
        latest=read_ts(arguments, "latest"),
        inclusive=flag(arguments.get("inclusive")),
        limit=read_limit(arguments.get("limit")),
        cursor=cursor if isinstance(cursor, str) else None,
        newest_first=newest_first,
    )
    if flag(arguments.get("include_all_metadata")):
        return page
    return Page([without_payload(message) for message in page.messages], page.next_cursor)


def read_ts(arguments: Arguments, name: str) -> int | None:
    """An instant in microseconds, or None if it is not given."""
    value = arguments.get(name)
    if value is None or value == "":
        return None
    try:
        return parse_ts(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def read_limit(value: Any) -> int:
    """How many messages a page holds."""
    if value is None or value == "":
        return DEFAULT_PAGE
    try:
        limit = int(value)
    except (TypeError, ValueError):
        raise SlackError("invalid_limit") from None
    if not 1 <= limit <= MAX_PAGE:
        raise SlackError("invalid_limit")
    return limit


def without_payload(message: Message) -> Message:
    """As a reader gets it who did not ask for all metadata: the event's type alone."""
    if "metadata" not in message:
        return message
    return message | {"metadata": {"event_type": message["metadata"]["event_type"]}}


def flag(value: Any) -> bool:
    """A boolean as the SDK sends it: ``true`` in JSON, ``1`` or ``true`` in a form."""
    return value is True or str(value).lower() in ("1", "true")
