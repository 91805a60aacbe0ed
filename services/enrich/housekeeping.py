"""What a partition of posts owes to time: the sums of a day that ended, and rows that outlived."""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas import cloudevents as ce
from schemas.topics import HEARTBEAT_KEY, NORMS, POST_ROWS
from services.common.records import Record, event_record
from services.common.streams import Rows

from .engagement import BETA
from .norms import Norms, sum_day
from .post_row import PostRow

ROWS_KEPT = timedelta(days=31)
"""How long rows and marks stay after their last change: longer than what refers to them."""
_DAY = timedelta(days=1)


class Housekeeping:
    """Says what is due when time moves; it owns nothing itself."""

    def __init__(self, rows: Rows, norms: Norms, source: str) -> None:
        self._rows = rows
        self._norms = norms
        self._source = source

    def due(self, partition: int, before: datetime | None, now: datetime) -> list[Record]:
        """Return what to write when a partition's time moves on; ``before`` is unknown at first."""
        records: list[Record] = []
        if before is None or before.date() != now.date():
            records += self._sums(partition, now)
        if before is None or before.date() != now.date() or before.hour != now.hour:
            records += self._expired(partition, now)
        return records

    def _sums(self, partition: int, now: datetime) -> list[Record]:
        """Write the sums of the day that ended; the first that are written stay."""
        day = (now - _DAY).date()
        rows = (PostRow.model_validate_json(row) for _, row in self._rows.of_partition(partition))
        values = (value for row in rows for value in row.values())
        fresh = [s for s in sum_day(values, day, partition, BETA) if not self._norms.has(s.key)]
        written = [event_record(NORMS, ce.NORMS, self._source, s.key, s, now) for s in fresh]
        outlived = [
            Record(NORMS, key, None, ce.null_headers(ce.NORMS, self._source, key, now, "outlived"))
            for key in self._norms.outlived(partition, now.date())
        ]
        return written + outlived

    def _expired(self, partition: int, now: datetime) -> list[Record]:
        """Forget rows that nothing changed for long; append, so that Kafka cleans the changelog."""
        records = [
            self._rows.put(partition, key, None)
            for key, row in self._rows.of_partition(partition)
            if PostRow.model_validate_json(row).changed_at + ROWS_KEPT <= now
        ]
        headers = ce.headers_for(ce.HEARTBEAT, self._source, HEARTBEAT_KEY, None, now)
        records.append(Record(POST_ROWS, HEARTBEAT_KEY, None, headers, partition=partition))
        return records
