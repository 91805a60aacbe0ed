"""Time in a partition: the smallest of its inputs' last ticks, in memory only.

After a rebalance time is unknown until every input has ticked again: a tick kept over a crash
could speak for data that was not handled.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime


class Watermark:
    """The time that ``inputs`` inputs have all reached."""

    def __init__(self, inputs: int) -> None:
        self._inputs = inputs
        self._last: dict[Hashable, datetime] = {}
        self.now: datetime | None = None

    def tick(self, source: Hashable, at: datetime) -> bool:
        """Take a tick of one input; tell whether time moved."""
        self._last[source] = max(at, self._last.get(source, at))
        if len(self._last) < self._inputs:
            return False
        reached = min(self._last.values())
        if self.now is not None and reached <= self.now:
            return False
        self.now = reached
        return True
