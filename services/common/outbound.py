"""Collects what a batch writes and publishes it in order, at barriers and at the batch's end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from .errors import Fatal, Poison
from .publisher import PublishRecords, check_size
from .records import Record


class Outbound:
    """Records on their way out. What is added is on Kafka only after ``flush`` returned."""

    def __init__(self, publish: PublishRecords) -> None:
        self._publish = publish
        self._waiting: list[Record] = []
        self._at_end: dict[Hashable, Callable[[], Sequence[Record]]] = {}

    async def add(self, records: Sequence[Record]) -> None:
        """Take records for the next flush. Raises ``Poison`` for one that is too large."""
        for record in records:
            check_size(record)
        self._waiting.extend(records)

    def add_at_end(self, key: Hashable, make: Callable[[], Sequence[Record]]) -> None:
        """Make records that must come after all else of the batch; the last of a key counts."""
        self._at_end[key] = make

    async def flush(self) -> None:
        """Publish what was added and return when the broker has it. Raises ``Fatal``."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                await self._publish(waiting)
            except Poison as error:
                # Sizes were checked one by one: what the broker refuses now is not one record's
                # fault, least of all that of the record in hand.
                raise Fatal(str(error)) from error

    async def finish(self) -> None:
        """Publish what was added, wait, and then what must come at the end."""
        await self.flush()
        self._waiting = [record for make in self._at_end.values() for record in make()]
        self._at_end.clear()
        await self.flush()
