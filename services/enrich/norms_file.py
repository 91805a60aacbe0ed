"""What was learned as a file: out of one installation and into another, which then is not blind.

A line is one day's sums of one partition. Imported sums stand beside a system's own, under
partitions that no topic has, and are forgotten with age like them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from schemas import ForecastSums, NormSums, decode
from schemas import cloudevents as ce
from schemas.topics import NORMS
from services.common.errors import PassaparolaError
from services.common.records import Record, event_record

from .norms import IMPORTED
from .usual import is_forecast

SOURCE = "/norms"
_SUMS: Mapping[str, Callable[[bytes], NormSums | ForecastSums]] = {
    ce.NORMS: partial(decode, NormSums),
    ce.FORECAST: partial(decode, ForecastSums),
}


class NormsFileRefused(PassaparolaError):
    """A file of norms cannot be used as it is."""


def file_lines(values: Mapping[str, bytes]) -> Iterator[str]:
    """Return the lines of a file from what ``enrich.norms`` holds, by key."""
    for key, value in sorted(values.items()):
        kind = ce.FORECAST if is_forecast(key) else ce.NORMS
        yield json.dumps({"type": kind, "sums": json.loads(value)}, separators=(",", ":"))


def read_file(path: Path) -> list[NormSums | ForecastSums]:
    """Read a file of norms. Raises ``NormsFileRefused`` at the first line that is none."""
    found: list[NormSums | ForecastSums] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            fields = json.loads(line.decode("utf-8"))
            found.append(_SUMS[fields["type"]](json.dumps(fields["sums"]).encode()))
        except (ValueError, KeyError, TypeError) as error:
            raise NormsFileRefused(
                f"{path}, line {number}: not a line of `passaparola norms export` ({error})"
            ) from None
    return found


def import_records(sums: Iterable[NormSums | ForecastSums], at: datetime) -> list[Record]:
    """Return the records that put sums beside a system's own; repeated, they change nothing."""
    moved = (
        one.model_copy(update={"partition": IMPORTED + one.partition % IMPORTED}) for one in sums
    )
    return [
        event_record(
            NORMS,
            ce.FORECAST if isinstance(one, ForecastSums) else ce.NORMS,
            SOURCE,
            one.key,
            one,
            at,
        )
        for one in moved
    ]
