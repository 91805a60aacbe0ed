"""What every channel is, and the three ways in which a delivery can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from services.alerts.messages import Message
from services.common.errors import PassaparolaError, Retryable

Reference = Mapping[str, Any]
"""Where a channel has an accepted message; JSON, and read by that channel alone."""
Address = tuple[str, ...]
"""Where a receiver is reached on a channel."""


class NotAccepted(Retryable):
    """The message was surely not accepted; the same may be accepted later.

    ``reference``: what of it was accepted, where it went to several.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, reference: Reference | None = None
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.reference = reference


class InDoubt(Retryable):
    """The message may have been accepted: nobody may send it again before asking."""


class Refused(PassaparolaError):
    """The message was surely not accepted, and will not be until a person mends something.

    ``reason`` is a short word for metrics. ``whole_receiver``: every other message to this
    receiver on this channel would be refused alike. ``reference``: as with ``NotAccepted``.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        whole_receiver: bool = True,
        reference: Reference | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.whole_receiver = whole_receiver
        self.reference = reference


class Channel(Protocol):
    """One way to reach people. Each call ends within the outbox's ``call_seconds`` or is cut."""

    updates: bool
    """Whether a message that was accepted can be changed."""

    def parse_address(self, value: Any) -> Address:
        """Read an address from settings. Raises ``ValueError`` that says what is expected."""
        ...

    async def send(
        self, message: Message, address: Address, reference: Reference | None
    ) -> Reference:
        """Send a message. ``reference``: what a refusal left as accepted before, if anything."""
        ...

    async def probe(self, message: Message, address: Address, since: datetime) -> Reference | None:
        """Look whether a message in doubt was accepted; ``None`` where it may be sent (again)."""
        ...

    async def update(self, message: Message, reference: Reference) -> Reference:
        """Make an accepted message show what it should now."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
