"""What goes back to a caller: a refusal in the words of the Web API, or a fault."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from demo.slack.faults import SlackFault
from demo.slack.messages import SlackError


@dataclass(frozen=True)
class Reply:
    """What goes back to the caller; a status of None is no answer at all."""

    status: int | None
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def fault_reply(fault: SlackFault) -> Reply:
    """What the caller of a call that a fault strikes gets back."""
    if fault.answer == "rate_limited":
        return refuse(SlackError("rate_limited", retry_after=fault.retry_after))
    if fault.answer == "error":
        return refuse(SlackError(fault.error))
    if fault.answer == "server_error":
        page = f"<html><body><h1>{fault.status}: Slack is not available</h1></body></html>"
        return Reply(fault.status, page, "text/html")
    return Reply(None)


def refuse(refusal: SlackError) -> Reply:
    """Slack says no with HTTP 200, but for 429."""
    if refusal.error == "rate_limited":
        # It spells the word without the underscore when it answers 429.
        body = json.dumps({"ok": False, "error": "ratelimited"})
        return Reply(429, body, headers={"Retry-After": str(refusal.detail["retry_after"])})
    return Reply(200, json.dumps({"ok": False, "error": refusal.error} | refusal.detail))
