"""What a caller sent, as it came, and what the ledger keeps of it: everything but the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from demo.ledger import Entry
from demo.slack.arguments import parse_json
from demo.slack.messages import SlackError


class Call(Entry):
    """One call that arrived, and how it ended."""

    method: str
    """``chat.postMessage`` and so on."""
    channel: str | None
    """Id of the channel that the call named, if there is such a channel."""
    arguments: dict[str, Any]
    raw: str | None = None
    """The body of a call that could not be read."""
    fault: str | None = None
    """The fault that struck, by name."""
    status: int | None
    """The HTTP status that was answered; None if no answer was given."""
    error: str | None = None
    """Why the call was not done, in Slack's word; None if it was done."""
    ts: str | None = None
    """The message that the call posted, changed or deleted."""

    @property
    def accepted(self) -> bool:
        """Whether a message was posted, changed or deleted, answered or not."""
        return self.ts is not None


@dataclass(frozen=True)
class Request:
    """A request that was read to its end."""

    method: str
    arguments: dict[str, Any]
    token: str | None = None
    raw: str | None = None
    unreadable: SlackError | None = None


async def read_request(request: web.Request) -> Request:
    """Read a call of the Web API: JSON, a form, or a query; files are refused."""
    method = request.match_info["method"]
    body = await request.read()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    arguments: dict[str, Any] = dict(request.query)
    try:
        arguments |= _read_body(body, request.content_type)
    except SlackError as refusal:
        raw = body.decode(errors="replace")
        return Request(method, arguments, token or None, raw=raw, unreadable=refusal)
    in_form = arguments.pop("token", None)
    if not token and request.content_type != "application/json" and isinstance(in_form, str):
        token = in_form
    return Request(method, arguments, token or None)


def _read_body(body: bytes, content_type: str) -> dict[str, Any]:
    if not body:
        return {}
    if content_type == "application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        except ValueError:
            raise SlackError("invalid_form_data") from None
    if content_type == "application/json":
        try:
            arguments = parse_json(body.decode())
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(arguments, dict):
            raise SlackError("json_not_object")
        return arguments
    raise SlackError("invalid_post_type")
