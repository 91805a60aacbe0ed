"""Channel ``slack``: Block Kit messages by a bot token, found again by their metadata.

It never sends again what may have been accepted before it has looked for it in the channel.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, SecretStr
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from services.alerts.channels.blocks import blocks, fallback
from services.alerts.channels.channel import Address, InDoubt, NotAccepted, Reference, Refused
from services.alerts.messages import Message

EVENT_TYPE = "passaparola_notification"
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
_PAGE = 200
_SKEW_SECONDS = 600.0
"""How far Slack's clock may be from ours when we look for a message."""

_PASSING = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})
# "It's possible some aspect of the operation succeeded before the error was raised."
_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout"})
_OF_THE_MESSAGE = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "thread_not_found",
        "invalid_thread_ts",
        "cant_update_message",
        "edit_window_closed",
    }
)
_HINTS = {
    "no_token": "set PASSAPAROLA_SLACK__TOKEN to the bot token of your Slack app",
    "invalid_auth": "the token is wrong",
    "not_authed": "the token is missing",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked; install the app again",
    "account_inactive": "the app was removed from the workspace; install it again",
    "channel_not_found": "the channel id is wrong, or it is private and the app is not in it",
    "not_in_channel": "invite the app: /invite @Passaparola in the channel",
    "is_archived": "the channel is archived; name another",
    "missing_scope": "the app lacks a scope; it needs chat:write and channels:history",
}


class SlackSettings(BaseModel):
    """The bot token of the Slack app, and where Slack's Web API answers."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr | None = None
    base_url: str = "https://slack.com/api/"


class SlackChannel:
    """Posts to Slack and changes what it posted."""

    updates = True

    def __init__(self, settings: SlackSettings, call_seconds: float) -> None:
        self._token = settings.token
        self._base_url = settings.base_url.rstrip("/") + "/"
        self._call_seconds = call_seconds
        self._session: aiohttp.ClientSession | None = None

    def parse_address(self, value: Any) -> Address:
        """Read a channel's id. Names are refused: history cannot be read by name."""
        if isinstance(value, str) and _CHANNEL_ID.fullmatch(value):
            return (value,)
        raise ValueError(
            "must be the id of one Slack channel, such as C0123456789 "
            "(at the end of the channel's details in Slack), not its name"
        )

    async def send(
        self, message: Message, address: Address, reference: Reference | None
    ) -> Reference:
        """Post a message, or a reply in its thread."""
        channel = address[0]
        arguments = self._content(message)
        if message.thread is not None:
            parent = message.thread[1]
            channel, arguments["thread_ts"] = parent["channel"], parent["ts"]
        answer = await self._call(
            lambda slack: slack.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **arguments
            )
        )
        return {"channel": answer["channel"], "ts": answer["ts"]}

    async def probe(self, message: Message, address: Address, since: datetime) -> Reference | None:
        """Look for a message in the channel's history, or in its thread, by its metadata."""
        options: dict[str, Any] = {
            "channel": address[0],
            "oldest": f"{since.timestamp() - _SKEW_SECONDS:.6f}",
            "limit": _PAGE,
            "include_all_metadata": True,
        }
        if message.thread is not None:
            options |= {"channel": message.thread[1]["channel"], "ts": message.thread[1]["ts"]}
        while True:
            page = await self._call(lambda slack: _read(slack, options))
            for found in page.get("messages") or []:
                if _notification_id(found) == message.notification_id:
                    return {"channel": options["channel"], "ts": found["ts"]}
            options["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not options["cursor"]:
                return None

    async def update(self, message: Message, reference: Reference) -> Reference:
        """Change a message in place; one that somebody deleted needs no change."""
        try:
            await self._call(
                lambda slack: slack.chat_update(
                    channel=reference["channel"], ts=reference["ts"], **self._content(message)
                )
            )
        except Refused as refusal:
            if refusal.reason != "message_not_found":
                raise
        return reference

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @staticmethod
    def _content(message: Message) -> dict[str, Any]:
        return {
            "text": fallback(message),
            "blocks": blocks(message),
            "metadata": {
                "event_type": EVENT_TYPE,
                "event_payload": {
                    "notification_id": message.notification_id,
                    "museum_id": message.museum_id,
                    **(message.subject.facts() if message.subject is not None else {}),
                },
            },
        }

    async def _call(
        self, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse:
        if self._token is None or not self._token.get_secret_value():
            raise _refused("no_token")
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._call_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout)
        client = AsyncWebClient(
            self._token.get_secret_value(),
            base_url=self._base_url,
            session=self._session,
            retry_handlers=[],  # the SDK's own would send again what may have been accepted
        )
        try:
            return await call(client)
        except SlackApiError as error:
            raise _classified(error) from None
        except aiohttp.ClientConnectorError as error:
            raise NotAccepted(f"Slack cannot be reached: {type(error).__name__}") from None
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as error:
            raise InDoubt(f"no clear answer from Slack: {type(error).__name__}") from None


def _read(slack: AsyncWebClient, options: dict[str, Any]) -> Awaitable[AsyncSlackResponse]:
    """Read the history of a channel, or of a thread where one is named."""
    if "ts" in options:
        return slack.conversations_replies(**options)
    return slack.conversations_history(**options)


def _classified(error: SlackApiError) -> Exception:
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    if status == 429:
        wait = getattr(response, "headers", {}).get("Retry-After", "")
        return NotAccepted("Slack asks to wait", retry_after=float(wait) if wait.isdigit() else 30)
    if code in _PASSING:
        return NotAccepted(f"Slack says {code}")
    if not isinstance(code, str) or code in _UNCLEAR or status >= 500:
        return InDoubt(f"Slack answers {status}{'' if code is None else f' {code}'}")
    return _refused(code)


def _refused(code: str) -> Refused:
    hint = _HINTS.get(code, "see this error in Slack's documentation of chat.postMessage")
    return Refused(code, f"Slack says {code}: {hint}", whole_receiver=code not in _OF_THE_MESSAGE)


def _notification_id(found: dict[str, Any]) -> str | None:
    metadata = found.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    value = (metadata.get("event_payload") or {}).get("notification_id")
    return value if isinstance(value, str) else None
