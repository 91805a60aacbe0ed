"""What a partition of posts owes to time: the sums of a day that ended, and rows that outlived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from schemas import Model, Utc
from schemas.topics import POST_ROWS
from services.common.records import Record, heartbeat
from services.common.streams import Rows

from .norms import Value
from .post_row import PostRow
from .usual import Usual
from .viral import Finished

ROWS_KEPT = timedelta(days=31)
"""How long rows and marks stay after their last change: longer than what refers to them."""
_DAY = timedelta(days=1)
_ROWS_A_TURN = 200


class _Change(Model):
    """All that is asked of a row each hour; to read the rest of it takes four times as long."""

    changed_at: Utc


class Housekeeping:
    """Says what is due when time moves; it owns nothing itself."""

    def __init__(self, rows: Rows, usual: Usual, source: str) -> None:
        self._rows = rows
        self._usual = usual
        self._source = source

    async def due(self, partition: int, before: datetime | None, now: datetime) -> list[Record]:
        """Return what to write when a partition's time moves on; ``before`` is unknown at first."""
        records: list[Record] = []
        if before is None or before.date() != now.date():
            records += await self._sums(partition, now)
        if before is None or before.date() != now.date() or before.hour != now.hour:
            records += await self._expired(partition, now)
        return records

    async def _sums(self, partition: int, now: datetime) -> list[Record]:
        """Write the sums of the day that ended; the first that are written stay."""
        day = (now - _DAY).date()
        values: list[Value] = []
        finished: list[Finished] = []
        async for _, stored in self._all(partition):
            row = PostRow.model_validate_json(stored)
            values += row.values(day)
            if (end := row.finished()) is not None:
                finished.append(end)
        return [
            *self._usual.sums(values, finished, day, partition, self._source, now),
            *self._usual.outlived(partition, self._source, now),
        ]

    async def _expired(self, partition: int, now: datetime) -> list[Record]:
        """Forget rows that nothing changed for long; append, so that Kafka cleans the changelog."""
        records = [
            self._rows.put(partition, key, None)
            async for key, stored in self._all(partition)
            if _Change.model_validate_json(stored).changed_at + ROWS_KEPT <= now
        ]
        return [*records, heartbeat(POST_ROWS, self._source, partition, now)]

    async def _all(self, partition: int) -> AsyncIterator[tuple[str, bytes]]:
        """Go over all rows; to read them takes long enough to let others have a turn meanwhile."""
        for number, (key, stored) in enumerate(self._rows.of_partition(partition), 1):
            yield key, stored
            if number % _ROWS_A_TURN == 0:
                await asyncio.sleep(0)
