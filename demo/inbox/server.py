"""A mailbox on 127.0.0.1 that takes every mail by SMTP, keeps it, and shows faults on order.

It delivers nothing to anybody. A mail sent twice is kept twice, so that a judge can see it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from demo.faults import FaultPlan
from demo.inbox.faults import MailFault
from demo.inbox.folder import Folder, read_message_id
from demo.ledger import Entry, Ledger

HOST = "127.0.0.1"
ACCEPTED = "250 2.0.0 OK"
AUTH_REQUIRED = "530 5.7.0 Authentication required"


class Mail(Entry):
    """One attempt to hand over a mail."""

    sender: str
    recipients: tuple[str, ...]
    message_id: str | None = None
    file: str | None = None
    """Name of the ``.eml`` file in the folder; None if the mail was not kept."""
    size: int | None = None
    """Bytes of the mail; None if it came to no data."""
    fault: str | None = None
    reply: str | None
    """What the sender was told; None if nothing."""

    @property
    def accepted(self) -> bool:
        """Whether the mail was kept, whatever the sender heard."""
        return self.file is not None


class Inbox:
    """``async with Inbox(folder=path) as inbox: inbox.port``.

    With ``tls`` it offers STARTTLS, with ``require_tls`` it insists. With ``users`` (name to
    password) it takes mail only after AUTH PLAIN or LOGIN, and these only under TLS if there
    is ``tls``.
    """

    def __init__(
        self,
        *,
        folder: Path,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        require_tls: bool = False,
        users: Mapping[str, str] | None = None,
        ledger: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.host = HOST
        self.port = port
        self.folder = Folder(folder)
        self.faults: FaultPlan[MailFault] = FaultPlan()
        self.ledger: Ledger[Mail] = Ledger(ledger)
        self._tls = tls
        self._require_tls = require_tls
        self._users = users
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def __aenter__(self) -> Self:
        # aiosmtpd logs commands and whole mails, and warns of an attribute that it sets itself.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._connection, HOST, self.port)
        except OSError:
            self.ledger.close()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await asyncio.gather(*(connection.end() for connection in tuple(self._connections)))
            await self._server.wait_closed()
        self.ledger.close()

    def _connection(self) -> _Connection:
        return _Connection(
            _Hooks(self.faults, self._write_down, login_needed=self._users is not None),
            self._connections,
            hostname="inbox.localhost",
            ident="Passaparola",
            tls_context=self._tls,
            require_starttls=self._require_tls,
            auth_require_tls=self._tls is not None,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        login: LoginPassword = data
        known = {name.encode(): word.encode() for name, word in (self._users or {}).items()}
        return AuthResult(success=known.get(login.login) == login.password, handled=False)

    def _write_down(
        self, envelope: Envelope, fault: MailFault | None, reply: str | None, *, keep: bool
    ) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else None
        message_id = None if content is None else read_message_id(content)
        recipients = tuple(envelope.rcpt_tos)
        file = None
        if keep and content is not None:
            file = self.folder.keep(content, recipients[0], message_id).name
        self.ledger.append(
            Mail(
                number=self.ledger.next_number,
                arrived_at=datetime.fromtimestamp(self._clock(), UTC),
                sender=envelope.mail_from or "",
                recipients=recipients,
                message_id=message_id,
                file=file,
                size=None if content is None else len(content),
                fault=None if fault is None else fault.kind,
                reply=reply,
            )
        )


class _WriteDown(Protocol):
    def __call__(
        self, envelope: Envelope, fault: MailFault | None, reply: str | None, *, keep: bool
    ) -> None: ...


class _Hooks:
    """What aiosmtpd calls at each command; the names and arguments are its own."""

    def __init__(
        self, faults: FaultPlan[MailFault], write_down: _WriteDown, *, login_needed: bool
    ) -> None:
        self._faults = faults
        self._write_down = write_down
        self._login_needed = login_needed

    async def handle_exception(self, error: Exception) -> str:
        # aiosmtpd's parser of addresses stumbles over half of one.
        if isinstance(error, IndexError | ValueError):
            return "501 5.5.2 Syntax error"
        raise error

    async def handle_EHLO(  # noqa: N802
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        replies: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if self._login_needed:
            return replies
        return [reply for reply in replies if not reply[4:].startswith("AUTH")]

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        if self._login_needed and not session.authenticated:
            return AUTH_REQUIRED
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return ACCEPTED

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        fault = self._faults.take(lambda planned: planned.at_recipient and planned.strikes(to))
        if fault is None:
            envelope.rcpt_tos.append(to)
            return ACCEPTED
        refused = Envelope()
        refused.mail_from, refused.rcpt_tos = envelope.mail_from, [to]
        self._write_down(refused, fault, fault.reply, keep=False)
        return fault.reply

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        fault = self._faults.take(
            lambda planned: not planned.at_recipient and planned.strikes(*envelope.rcpt_tos)
        )
        if fault is None:
            self._write_down(envelope, None, ACCEPTED, keep=True)
            return ACCEPTED
        reply = fault.reply if fault.kind == "refuse_mail" else None
        self._write_down(envelope, fault, reply, keep=fault.keeps_mail)
        if reply is None:
            hangs = fault.kind == "timeout_after_acceptance"
            if not hangs and isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
            # Losing the connection cancels us, whoever ends it.
            await asyncio.Event().wait()
        return fault.reply


class _Connection(SMTP):
    """One client; known to its inbox until its task is over, so that it can be ended."""

    def __init__(self, hooks: _Hooks, open_ones: set[_Connection], **options: Any) -> None:
        super().__init__(hooks, **options)
        self._open_ones = open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._open_ones.add(self)
            self._handler_coroutine.add_done_callback(lambda _: self._open_ones.discard(self))

    async def end(self) -> None:
        """Drop the client and wait until its task is over."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])
