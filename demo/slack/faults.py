"""What can go wrong between us and Slack, one function a fault."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypedDict, Unpack

from pydantic import Field, model_validator

from demo.faults import Fault


class Where(TypedDict, total=False):
    """Which calls a fault strikes; what is left out matches all."""

    method: str | None
    """A method of the Web API such as ``chat.postMessage``."""
    channel: str | None
    """A channel's id or name."""
    times: int | None
    """How often; once unless said otherwise, None until the plan is cleared."""


class SlackFault(Fault):
    """One fault: what the caller sees, and whether Slack had done the call before that."""

    answer: Literal["rate_limited", "server_error", "error", "drop", "hang"]
    after_acceptance: bool = False
    method: str | None = None
    channel: str | None = None
    retry_after: Annotated[int, Field(ge=0)] = 1
    """Seconds, of ``rate_limited``."""
    status: Annotated[int, Field(ge=500, le=599)] = 500
    """HTTP status of ``server_error``."""
    error: str = "internal_error"
    """Slack's name of ``error``."""

    @model_validator(mode="after")
    def _refused_is_not_accepted(self) -> Self:
        if self.answer == "rate_limited" and self.after_acceptance:
            raise ValueError("a rate limited call is never accepted")
        return self

    @property
    def name(self) -> str:
        """As the ledger names it, for example ``hang_after_acceptance``."""
        detail = self.error if self.answer == "error" else self.answer
        return f"{detail}_{'after' if self.after_acceptance else 'before'}_acceptance"


def rate_limited(retry_after: int = 1, **where: Unpack[Where]) -> SlackFault:
    """HTTP 429 with ``Retry-After`` in seconds."""
    return SlackFault(answer="rate_limited", retry_after=retry_after, **where)


def server_error(
    status: int = 500, *, after_acceptance: bool = False, **where: Unpack[Where]
) -> SlackFault:
    """A page of HTML with a 5xx status, as a proxy before Slack gives it."""
    return SlackFault(
        answer="server_error", status=status, after_acceptance=after_acceptance, **where
    )


def slack_error(
    error: str, *, after_acceptance: bool = False, **where: Unpack[Where]
) -> SlackFault:
    """``{"ok": false, "error": ...}``; Slack says of internal_error that it may have acted."""
    return SlackFault(answer="error", error=error, after_acceptance=after_acceptance, **where)


def drop_before_acceptance(**where: Unpack[Where]) -> SlackFault:
    """The connection ends without an answer; nothing was stored."""
    return SlackFault(answer="drop", **where)


def drop_after_acceptance(**where: Unpack[Where]) -> SlackFault:
    """The connection ends without an answer; the call was done."""
    return SlackFault(answer="drop", after_acceptance=True, **where)


def timeout_before_acceptance(**where: Unpack[Where]) -> SlackFault:
    """No answer comes for as long as the caller waits; nothing was stored."""
    return SlackFault(answer="hang", **where)


def timeout_after_acceptance(**where: Unpack[Where]) -> SlackFault:
    """No answer comes for as long as the caller waits; the call was done."""
    return SlackFault(answer="hang", after_acceptance=True, **where)
