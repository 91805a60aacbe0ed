"""A message as an e-mail: a text and an HTML part, and headers by which mails are kept apart."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.alerts.excerpt import cut, one_line
from services.alerts.messages import Message

if TYPE_CHECKING:
    from .email import SmtpSettings

_MAX_SUBJECT = 180

_templates = Environment(
    loader=PackageLoader("services.alerts.channels"),
    autoescape=select_autoescape(("html.j2",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_text = _templates.get_template("message.txt.j2")
_html = _templates.get_template("message.html.j2")


def message_id(notification_id: str, sender: str) -> str:
    """Return the Message-ID of a notification: the same whenever it is sent."""
    return f"<{notification_id}@{_domain(sender)}>"


def write_mail(
    message: Message, settings: SmtpSettings, recipients: tuple[str, ...], now: datetime
) -> EmailMessage:
    """Write the whole mail. ``now`` is its Date."""
    mail = EmailMessage()
    domain = _domain(settings.sender)
    subject = cut(one_line(message.title), _MAX_SUBJECT)
    mail["Subject"] = subject if message.thread is None else f"Re: {subject}"
    mail["From"] = settings.sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.notification_id, settings.sender)
    if message.thread is not None:
        parent = message_id(message.thread[0], settings.sender)
        mail["In-Reply-To"] = parent
        mail["References"] = parent
    mail["List-Id"] = f"<{message.museum_id}.passaparola.{domain}>"
    if settings.unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{settings.unsubscribe}>"
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in _facts(message).items():
        mail[name] = one_line(value)
    mail.set_content(_text.render(message=message), cte="quoted-printable")
    mail.add_alternative(_html.render(message=message), subtype="html", cte="quoted-printable")
    return mail


def _facts(message: Message) -> dict[str, str]:
    """Return what machines that sort mails can go by, as headers."""
    if message.subject is None:
        return {}
    facts = {"notification": message.notification_id, "museum_id": message.museum_id}
    return {
        f"X-Passaparola-{name.removesuffix('_id').replace('_', '-').title()}": value
        for name, value in (facts | message.subject.facts()).items()
    }


def parse_mailbox(value: str) -> str:
    """Check one plain address. Raises ``ValueError``."""
    try:
        address = MailAddress(addr_spec=value)
    except Exception as error:
        raise ValueError(f"{value!r} is no e-mail address") from error
    if not value.isascii() or not address.domain or "@" not in value:
        raise ValueError(f"{value!r} is no e-mail address of plain ASCII letters")
    return value


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
