"""A mailbox for tests and the demo: see :class:`Inbox`."""

from demo.inbox.faults import (
    MailFault,
    drop_after_acceptance,
    drop_before_acceptance,
    refuse_mail,
    refuse_recipient,
    timeout_after_acceptance,
)
from demo.inbox.server import Inbox, Mail

__all__ = [
    "Inbox",
    "Mail",
    "MailFault",
    "drop_after_acceptance",
    "drop_before_acceptance",
    "refuse_mail",
    "refuse_recipient",
    "timeout_after_acceptance",
]
