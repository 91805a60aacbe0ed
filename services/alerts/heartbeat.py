"""Appends something to each partition of ``incidents`` now and then: Kafka cleans a partition only
when it is written to, and older values of an incident have the address of a post in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from schemas.topics import INCIDENTS
from services.common.clock import Clock
from services.common.publisher import PublishRecords
from services.common.records import heartbeat

from .judging import SOURCE

EVERY = timedelta(hours=1)


class Heartbeat:
    """``clock`` is the wall's, by which Kafka cleans."""

    def __init__(self, publish: PublishRecords, clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._last: dict[int, datetime] = {}

    async def run(self, partitions: Iterable[int]) -> None:
        """Write to those partitions of ours whose time has come."""
        now = self._clock.now()
        due = [one for one in sorted(partitions) if self._last.get(one, now - EVERY) + EVERY <= now]
        if due:
            await self._publish([heartbeat(INCIDENTS, SOURCE, one, now) for one in due])
            self._last |= dict.fromkeys(due, now)
