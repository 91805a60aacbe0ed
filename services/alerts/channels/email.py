"""Channel ``email``: one mail to all addresses of a receiver, by SMTP.

It cannot ask a mail server what it has, so a mail in doubt is sent again under the same
Message-ID; a mail that was accepted is never changed.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

import aiosmtplib
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.alerts.channels.channel import Address, InDoubt, NotAccepted, Reference, Refused
from services.alerts.channels.mail import message_id, parse_mailbox, write_mail
from services.alerts.messages import Message
from services.common.certificates import trust
from services.common.clock import Clock, WallClock
from services.common.errors import Fatal


class SmtpSettings(BaseModel):
    """The mail server, and what stands in our mails.

    ``sender``: ``Name <address>``. ``unsubscribe``: a ``mailto:`` or ``https:`` address for
    List-Unsubscribe. ``ca_file``: certificates to trust besides the system's.
    """

    model_config = ConfigDict(frozen=True)

    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender: str = "Passaparola <passaparola@localhost>"
    unsubscribe: str | None = Field(default=None, pattern=r"^(mailto:|https://)[!-;=?-~]+$")
    ca_file: str | None = None


class EmailChannel:
    """Sends mails, each over a connection of its own."""

    updates = False

    def __init__(
        self, settings: SmtpSettings, call_seconds: float, clock: Clock | None = None
    ) -> None:
        self._settings = settings
        self._call_seconds = call_seconds
        self._clock = clock or WallClock()

    def parse_address(self, value: Any) -> Address:
        """Read one address or a list of them."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or not values:
            raise ValueError("must be an e-mail address or a list of them")
        return tuple(dict.fromkeys(parse_mailbox(str(item)) for item in values))

    async def send(
        self, message: Message, address: Address, reference: Reference | None
    ) -> Reference:
        """Send a mail to the addresses that have not accepted it before."""
        accepted = list(reference["accepted"]) if reference is not None else []
        waiting = [recipient for recipient in address if recipient not in accepted]
        refused = await self._deliver(message, address, waiting) if waiting else {}
        accepted += [recipient for recipient in waiting if recipient not in refused]
        known = {
            "message_id": message_id(message.notification_id, self._settings.sender),
            "accepted": accepted,
        }
        if refused:
            raise _recipients_refused(refused.values(), known if accepted else None)
        return known

    async def probe(self, message: Message, address: Address, since: datetime) -> Reference | None:
        """Nobody can be asked: a mail in doubt is sent again, as the same mail."""
        return None

    async def update(self, message: Message, reference: Reference) -> Reference:
        """Leave a mail as it is: what was accepted cannot be changed."""
        return reference

    async def aclose(self) -> None:
        """Nothing is kept open."""

    async def _deliver(
        self, message: Message, address: Address, recipients: list[str]
    ) -> dict[str, int]:
        """Hand a mail over; return the SMTP code of each recipient that was refused."""
        settings = self._settings
        mail = write_mail(message, settings, address, self._clock.now())
        client = await self._connect()
        try:
            refused, _ = await client.send_message(
                mail, sender=None, recipients=recipients, timeout=self._call_seconds
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {one.recipient: one.code for one in error.recipients}
        except aiosmtplib.SMTPSenderRefused as error:
            raise _classified(error.code, "sender_refused", "the sender") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _classified(
                error.code, "message_refused", "this mail", whole_receiver=False
            ) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise InDoubt(f"the mail server fell silent: {type(error).__name__}") from None
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                client.close()
        return {recipient: response.code for recipient, response in refused.items()}

    async def _connect(self) -> aiosmtplib.SMTP:
        settings = self._settings
        where = f"{settings.host}:{settings.port}"
        if settings.host is None:
            raise Refused("no_host", "set PASSAPAROLA_SMTP__HOST to your mail server")
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=self._call_seconds / 2,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls(),
        )
        try:
            await client.connect()
            if settings.username is not None and settings.password is not None:
                await client.login(settings.username, settings.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise _classified(error.code, "auth_refused", "user name or password") from None
        except aiosmtplib.SMTPNotSupported:
            client.close()
            raise Refused(
                "not_supported",
                f"the mail server {where} does not offer {settings.security}"
                f"{' or logging in' if settings.username else ''}; see smtp.security",
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            raise _classified(error.code, "connection_refused", "our connection") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            if type(error) is aiosmtplib.SMTPException:
                raise Refused("not_supported", f"{where}: {error}; see smtp.security") from None
            if isinstance(error.__cause__ or error, ssl.SSLError):
                raise Refused(
                    "tls_failed",
                    f"no safe connection to the mail server {where}: see smtp.ca_file",
                ) from None
            raise NotAccepted(
                f"the mail server {where} cannot be reached: {type(error).__name__}"
            ) from None
        return client

    def _tls(self) -> ssl.SSLContext | None:
        if self._settings.security == "none" or self._settings.ca_file is None:
            return None
        context = ssl.create_default_context()
        try:
            trust(context, "PASSAPAROLA_SMTP__CA_FILE", self._settings.ca_file)
        except Fatal as error:
            # For a receiver of mails only: the other channels go on.
            raise Refused("tls_failed", str(error)) from None
        return context


def _classified(
    code: int, reason: str, what: str, *, whole_receiver: bool = True
) -> NotAccepted | Refused:
    said = f"the mail server does not take {what}: {code}"
    if 500 <= code <= 599:
        return Refused(reason, said, whole_receiver=whole_receiver)
    return NotAccepted(said)


def _recipients_refused(codes: Iterable[int], reference: Reference | None) -> Exception:
    known = sorted(codes)
    said = f"the mail server does not take {len(known)} recipient(s): {known[0]}"
    if all(500 <= code <= 599 for code in known):
        # Where another address has it, the next mail may be welcome there too.
        return Refused(
            "recipient_refused", said, reference=reference, whole_receiver=reference is None
        )
    return NotAccepted(said, reference=reference)
