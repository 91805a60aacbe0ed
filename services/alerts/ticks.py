"""The time that ticks on ``posts.enriched`` have reached, for a simulation's clock.

Time is the smallest over all sources of all assigned partitions, and stands still until each
has ticked since the assignment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from services.common.clock import SetClock

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


class TickClock:
    """A clock that is set by ticks. Before the first full round it tells 1970."""

    def __init__(self) -> None:
        self._clock = SetClock(_UNKNOWN)
        self._last: dict[int, dict[int, datetime]] = {}
        self._sources = 0

    def now(self) -> datetime:
        """Return the time that all sources have reached."""
        return self._clock.now()

    def assign(self, partitions: Iterable[int], sources: int) -> None:
        """Forget all ticks: after an assignment every source of ours must tick again."""
        self._last = {partition: {} for partition in partitions}
        self._sources = sources

    def tick(self, partition: int, source: int, time: datetime) -> None:
        """Take in one tick."""
        if partition not in self._last:
            return
        last = self._last[partition]
        last[source] = max(time, last.get(source, time))
        if all(len(known) >= self._sources for known in self._last.values()):
            self._clock.advance_to(min(min(known.values()) for known in self._last.values()))
