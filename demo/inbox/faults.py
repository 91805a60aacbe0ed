"""What can go wrong between us and a mail server, one function a fault."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

from pydantic import Field

from demo.faults import Fault


class Where(TypedDict, total=False):
    """Which mails a fault strikes; what is left out matches all."""

    recipient: str | None
    """An address that the mail goes to."""
    times: int | None
    """How often; once unless said otherwise, None until the plan is cleared."""


class MailFault(Fault):
    """One fault: what the sender sees, and when."""

    kind: Literal[
        "refuse_recipient",
        "refuse_mail",
        "drop_before_acceptance",
        "drop_after_acceptance",
        "timeout_after_acceptance",
    ]
    reply: Annotated[str, Field(pattern=r"^[45]\d\d [ -~]+$")] = "451 4.3.0 Try again later"
    """Of the two refusals: a 4xx or 5xx code with its text."""
    recipient: str | None = None

    @property
    def at_recipient(self) -> bool:
        """Whether it strikes at RCPT; the others strike at the end of the data."""
        return self.kind == "refuse_recipient"

    @property
    def keeps_mail(self) -> bool:
        """Whether the mail is kept all the same."""
        return self.kind.endswith("after_acceptance")

    def strikes(self, *recipients: str) -> bool:
        """Whether a mail to these addresses meets the fault."""
        return self.recipient is None or self.recipient in recipients


def refuse_recipient(reply: str = "450 4.2.1 Mailbox is busy", **where: Unpack[Where]) -> MailFault:
    """A 4xx or 5xx reply to RCPT."""
    return MailFault(kind="refuse_recipient", reply=reply, **where)


def refuse_mail(reply: str = "451 4.3.0 Try again later", **where: Unpack[Where]) -> MailFault:
    """A 4xx or 5xx reply at the end of the data."""
    return MailFault(kind="refuse_mail", reply=reply, **where)


def drop_before_acceptance(**where: Unpack[Where]) -> MailFault:
    """The connection ends at the end of the data; nothing was kept."""
    return MailFault(kind="drop_before_acceptance", **where)


def drop_after_acceptance(**where: Unpack[Where]) -> MailFault:
    """The mail is kept, then the connection ends before the sender hears of it."""
    return MailFault(kind="drop_after_acceptance", **where)


def timeout_after_acceptance(**where: Unpack[Where]) -> MailFault:
    """The mail is kept, and no reply comes for as long as the sender waits."""
    return MailFault(kind="timeout_after_acceptance", **where)
