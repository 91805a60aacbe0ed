"""Time as something that is passed in: the wall's, or the ticks' in a simulation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it was last set and never goes back; for ticks and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant that was set last."""
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Move forward to an instant; an earlier one changes nothing."""
        self._now = max(self._now, instant)
