"""What is usual: all that was learned from many posts, as ``enrich.norms`` has it.

Each partition sums up a day when it ends; every worker reads the sums of all. It learns nothing
from a single post, and nothing from the day that it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

import structlog

from schemas import ForecastSums, NormSums
from schemas import cloudevents as ce
from schemas.codec import decode
from schemas.topics import NORMS
from services.common.records import Received, Record, event_record

from .engagement import BETA
from .norms import Norms, Value, sum_day
from .viral import Finished, Learned, sum_finished

log = structlog.get_logger(__name__)


def is_forecast(key: str) -> bool:
    """Whether a key of ``enrich.norms`` is that of sums for forecasts."""
    return "forecast" in key.split("/")


class Usual:
    """The norms of engagement and the outlook of forecasts.

    ``read_present_end`` waits for sums that are written and not read yet.
    """

    def __init__(self) -> None:
        self.norms = Norms(BETA)
        self.forecasts = Learned()
        self.read_present_end: Callable[[], Awaitable[None]] | None = None

    def apply(self, received: Received) -> None:
        """Take over a record of the topic; one that cannot be read is told and passed over."""
        key = (received.key or b"").decode("utf-8", "replace")
        value = received.value
        try:
            if is_forecast(key):
                self.forecasts.put(key, None if value is None else decode(ForecastSums, value))
            else:
                self.norms.put(key, None if value is None else decode(NormSums, value))
        except ValueError:
            log.warning("norms_unreadable", offset=received.offset)

    def sums(
        self,
        values: Sequence[Value],
        finished: Sequence[Finished],
        day: date,
        partition: int,
        source: str,
        at: datetime,
    ) -> list[Record]:
        """Return the sums of a day that ended; those that were written first stay."""
        norms = sum_day(values, day, partition, BETA)
        forecasts = sum_finished(finished, day, partition, self.forecasts.outlook)
        return [
            *(
                event_record(NORMS, ce.NORMS, source, sums.key, sums, at)
                for sums in norms
                if not self.norms.has(sums.key)
            ),
            *(
                event_record(NORMS, ce.FORECAST, source, sums.key, sums, at)
                for sums in forecasts
                if not self.forecasts.has(sums.key)
            ),
        ]

    def outlived(self, partition: int, source: str, at: datetime) -> list[Record]:
        """Return the nulls of a partition's sums that are too old to count."""
        today = at.date()
        old = [
            *((ce.NORMS, key) for key in self.norms.outlived(partition, today)),
            *((ce.FORECAST, key) for key in self.forecasts.outlived(partition, today)),
        ]
        return [
            Record(NORMS, key, None, ce.null_headers(kind, source, key, at, "outlived"))
            for kind, key in old
        ]
