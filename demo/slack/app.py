"""A stand-in for Slack on 127.0.0.1: the Web API, faults on order, a ledger.

It shows nothing to anybody and forgets its messages when it stops; the ledger's file stays.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from demo.faults import FaultPlan
from demo.ledger import Ledger, to_json
from demo.slack.calls import Call, Request, read_request
from demo.slack.faults import SlackFault
from demo.slack.messages import Channel, Message, SlackError, Workspace
from demo.slack.methods import METHODS
from demo.slack.render import render_channel
from demo.slack.replies import Reply, fault_reply, refuse

TOKEN = "xoxb-stand-in"  # noqa: S105 - opens nothing but this stand-in
MAX_BODY = 16 * 2**20
_FAULTS = TypeAdapter(SlackFault | list[SlackFault])


class SlackStandIn:
    """``async with SlackStandIn(channels=["museum-alerts"]) as slack: slack.base_url``.

    ``tokens``, ``expired_tokens`` and ``scopes`` are sets, and the workspace's channels have
    ``member`` and ``archived``: change them while it runs. With ``seconds_between_messages``
    a channel takes no more than one message in that time; Slack's own rule is 1.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tokens: Iterable[str] = (TOKEN,),
        channels: Iterable[str | Channel] = ("museum-alerts",),
        ledger: Path | None = None,
        seconds_between_messages: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.tokens = set(tokens)
        self.expired_tokens: set[str] = set()
        self.scopes = {"chat:write", "channels:history"}
        self.workspace = Workspace(channels, clock)
        self.faults: FaultPlan[SlackFault] = FaultPlan()
        self.ledger: Ledger[Call] = Ledger(ledger)
        self.seconds_between_messages = seconds_between_messages
        self._clock = clock
        self._last_post: dict[str, float] = {}
        self._port = port
        # Calls that hang on purpose are cancelled when the time for the others to end is over.
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self.__aexit__()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        self.ledger.close()

    @property
    def url(self) -> str:
        """Where the receiver itself answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """``base_url`` of an ``AsyncWebClient``."""
        return f"{self.url}/api/"

    def messages(self, channel: str) -> list[Message]:
        """What the channel shows now, oldest first, replies among them; by id or name."""
        return [dict(message) for message in self._channel(channel).messages.values()]

    def render(self, channel: str, *, ansi: bool = False) -> str:
        """The channel as a reader of it sees it, for a terminal."""
        shown = self._channel(channel)
        return render_channel(shown.name, shown.messages.values(), ansi=ansi)

    def _channel(self, reference: Any) -> Channel:
        return self.workspace.channel(reference, by_name=True)

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_route("*", "/api/{method}", self._serve)
        application.router.add_post("/_stand-in/faults", self._add_faults)
        application.router.add_get("/_stand-in/faults", self._show_faults)
        application.router.add_delete("/_stand-in/faults", self._clear_faults)
        application.router.add_get("/_stand-in/ledger", self._show_ledger)
        application.router.add_get("/_stand-in/channels", self._show_channels)
        return application

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        """Do the call unless a fault comes first, write it down, and answer if one is due."""
        request = await read_request(http)
        channel = self._find(request.arguments.get("channel"))
        fault = self.faults.take(lambda planned: self._strikes(planned, request.method, channel))
        reply = fault_reply(fault) if fault is not None else Reply(None)
        error = ts = None
        if fault is None or fault.after_acceptance:
            try:
                if request.unreadable is not None:
                    raise request.unreadable
                done, ts = self._call(request, channel)
            except SlackError as refusal:
                done, error = refuse(refusal), refusal.error
            reply = done if fault is None else reply
        else:
            error = fault.error if fault.answer == "error" else fault.answer
        self.ledger.append(
            Call(
                number=self.ledger.next_number,
                arrived_at=datetime.fromtimestamp(self._clock(), UTC),
                method=request.method,
                channel=channel.id if channel is not None else None,
                arguments=request.arguments,
                raw=request.raw,
                fault=fault.name if fault is not None else None,
                status=reply.status,
                error=error,
                ts=ts,
            )
        )
        if reply.status is None:
            await self._leave_unanswered(http, hang=fault is not None and fault.answer == "hang")
        return web.Response(
            status=reply.status or 500,
            text=reply.body,
            content_type=reply.content_type,
            charset="utf-8",
            headers=reply.headers,
        )

    async def _leave_unanswered(self, http: web.Request, *, hang: bool) -> None:
        if hang:
            await asyncio.Event().wait()
        if http.transport is not None:
            http.transport.abort()

    def _call(self, request: Request, channel: Channel | None) -> tuple[Reply, str | None]:
        method = METHODS.get(request.method)
        if method is None:
            raise SlackError("unknown_method", req_method=request.method)
        self._check_token(request.token, method.scope)
        if request.method == "chat.postMessage":
            self._check_rate(channel)
        answer = method.run(self.workspace, request.arguments)
        if request.method == "chat.postMessage":
            self._last_post[answer["channel"]] = self._clock()
        return Reply(200, json.dumps({"ok": True} | answer)), answer.get("ts")

    def _check_token(self, token: str | None, scope: str | None) -> None:
        if token is None:
            raise SlackError("not_authed")
        if token in self.expired_tokens:
            raise SlackError("token_expired")
        if token not in self.tokens:
            raise SlackError("invalid_auth")
        if scope is not None and scope not in self.scopes:
            provided = ",".join(sorted(self.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def _check_rate(self, channel: Channel | None) -> None:
        last = self._last_post.get(channel.id) if channel is not None else None
        if last is not None:
            wait = last + self.seconds_between_messages - self._clock()
            if wait > 0:
                raise SlackError("rate_limited", retry_after=math.ceil(wait))

    def _find(self, reference: Any) -> Channel | None:
        try:
            return self._channel(reference)
        except SlackError:
            return None

    def _strikes(self, fault: SlackFault, method: str, channel: Channel | None) -> bool:
        if fault.method not in (None, method):
            return False
        return fault.channel is None or (
            channel is not None and self._find(fault.channel) is channel
        )

    async def _add_faults(self, http: web.Request) -> web.Response:
        try:
            planned = _FAULTS.validate_json(await http.read())
        except ValidationError as error:
            return web.json_response({"error": str(error)}, status=400)
        self.faults.add(*(planned if isinstance(planned, list) else [planned]))
        return await self._show_faults(http)

    async def _clear_faults(self, http: web.Request) -> web.Response:
        self.faults.clear()
        return await self._show_faults(http)

    async def _show_faults(self, _http: web.Request) -> web.Response:
        return web.json_response({"faults": [f.model_dump() for f in self.faults.pending]})

    async def _show_ledger(self, _http: web.Request) -> web.Response:
        calls = ",".join(to_json(call) for call in self.ledger)
        return web.Response(text=f'{{"calls": [{calls}]}}', content_type="application/json")

    async def _show_channels(self, _http: web.Request) -> web.Response:
        channels = [
            {
                "id": channel.id,
                "name": channel.name,
                "messages": list(channel.messages.values()),
            }
            for channel in self.workspace.channels.values()
        ]
        return web.json_response({"channels": channels})
