"""What goes back to a caller: a refusal in the words of the Web API or of webhooks, or a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.slack.faults import SlackFault
from demo.slack.messages import SlackError

_WEBHOOK_STATUS = {
    "channel_not_found": 404,
    "no_service": 404,
    "not_in_channel": 403,
    "is_archived": 410,
    "internal_error": 500,
}
_WEBHOOK_WORD = {
    "is_archived": "channel_is_archived",
    "not_in_channel": "action_prohibited",
    "internal_error": "rollup_error",
}


@dataclass(frozen=True)
class Reply:
    """What goes back to the caller; a status of None is no answer at all."""

    status: int | None
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def fault_reply(fault: SlackFault, refuse: Callable[[SlackError], Reply]) -> Reply:
    """What the caller of a call that a fault strikes gets back."""
    if fault.answer == "rate_limited":
        return refuse(SlackError("rate_limited", retry_after=fault.retry_after))
    if fault.answer == "error":
        return refuse(SlackError(fault.error))
    if fault.answer == "server_error":
        page = f"<html><body><h1>{fault.status}: Slack is not available</h1></body></html>"
        return Reply(fault.status, page, "text/html")
    return Reply(None)


def api_refusal(refusal: SlackError) -> Reply:
    """Slack says no with HTTP 200, but for 429."""
    if refusal.error == "rate_limited":
        # The Web API spells it without the underscore when it answers 429.
        return _rate_limited({"ok": False, "error": "ratelimited"}, refusal)
    return Reply(200, json.dumps({"ok": False, "error": refusal.error} | refusal.detail))


def webhook_refusal(refusal: SlackError) -> Reply:
    """A webhook says no with an HTTP status and one word of text."""
    if refusal.error == "rate_limited":
        body = {
            "retry_after": refusal.detail["retry_after"],
            "ok": False,
            "error": "rate_limited",
        }
        return _rate_limited(body, refusal)
    word = _WEBHOOK_WORD.get(refusal.error, refusal.error)
    return Reply(_WEBHOOK_STATUS.get(refusal.error, 400), word, "text/html")


def _rate_limited(body: dict[str, Any], refusal: SlackError) -> Reply:
    retry_after = str(refusal.detail["retry_after"])
    return Reply(429, json.dumps(body), headers={"Retry-After": retry_after})
