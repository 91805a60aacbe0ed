"""The biggest count of each of the last 42 days' hours, to tell what comes again every week or
month, and how long ago an hour was as big. A byte an hour: counts within 6 %, small ones exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

_DAY, _WEEK = 24, 168
KEPT = 42 * _DAY
_STEPS = 16
_SIZES = tuple(math.expm1(code / _STEPS) for code in range(256))
_REACHES = tuple(bytes(other >= code for other in range(256)) for code in range(256))
"""For each code, a table of the codes that are as large: a search of six weeks in one step."""


@dataclass(slots=True)
class Hours:
    """A ring of hours; ``last`` is the hour written last, ``known`` how many there are."""

    last: int = 0
    known: int = 0
    codes: bytearray = field(default_factory=lambda: bytearray(KEPT))

    def put(self, hour: int, count: int) -> None:
        """Keep the biggest count of an hour. Hours come in order; one left out was empty."""
        code = _code(count)
        if hour == self.last and self.known:
            self.codes[hour % KEPT] = max(code, self.codes[hour % KEPT])
            return
        begin = max(self.last + 1, hour + 1 - KEPT) if self.known else hour
        for empty in range(begin, hour):
            self.codes[empty % KEPT] = 0
        self.codes[hour % KEPT] = code
        self.known = min(self.known + hour + 1 - begin, KEPT)
        self.last = hour

    def weekly(self, hour: int) -> float:
        """Return what came at this hour, one more or less, in each of the last two weeks."""
        return _SIZES[min(self._around(hour - _WEEK), self._around(hour - 2 * _WEEK))]

    def monthly(self, hour: int, weeks: int) -> float:
        """Return what came so many weeks ago at this hour, one more or less; 0 weeks: nothing."""
        return _SIZES[self._around(hour - weeks * _WEEK)] if weeks else 0.0

    def days_since(self, hour: int, count: int) -> tuple[int, bool]:
        """Return for how many whole days no hour was as big, and whether one before was."""
        first, end = self.last - self.known + 1, min(hour, self.last + 1)
        turn = first % KEPT
        in_order = self.codes[turn:] + self.codes[:turn]
        place = in_order.translate(_REACHES[_code(count)]).rfind(1, 0, max(0, end - first))
        if place >= 0:
            return (hour - first - place) // _DAY, True
        return (hour - first) // _DAY, False

    def copy(self) -> Hours:
        """Return a ring of its own."""
        return Hours(self.last, self.known, self.codes[:])

    def _around(self, hour: int) -> int:
        if hour - 1 <= self.last - self.known:
            return 0
        return max(self.codes[(hour + near) % KEPT] for near in (-1, 0, 1))


def _code(count: int) -> int:
    return min(255, round(_STEPS * math.log1p(count)))
