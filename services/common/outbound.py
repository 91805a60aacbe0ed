"""Collects what a batch writes and publishes it in order, at barriers and at the batch's end."""

from __future__ import annotations

from collections.abc import Sequence

from .publisher import PublishRecords, check_size
from .records import Record


class Outbound:
    """Records on their way out. What is added is on Kafka only after ``flush`` returned."""

    def __init__(self, publish: PublishRecords) -> None:
        self._publish = publish
        self._waiting: list[Record] = []

    async def add(self, records: Sequence[Record]) -> None:
        """Take records for the next flush. Raises ``Poison`` for one that is too large."""
        for record in records:
            check_size(record)
        self._waiting.extend(records)

    async def flush(self) -> None:
        """Publish everything that waits and return when the broker has it."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            await self._publish(waiting)
