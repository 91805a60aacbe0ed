"""A museum's own time: which slot of its week an instant lies in, and which days are not like
others. Knows nothing of posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas import Museum

from .bins import BIN_SECONDS, start_of

SLOTS = 48
"""24 hours of a working day, then 24 of a weekend or holiday."""
ANNOUNCED = 3.0
"""How many times the usual an announced day may bring before it is unusual."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOUR_BINS = 3600 // BIN_SECONDS
_KEPT_HOURS = 2000


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the museum's local time.

    ``closed``: a listed closure, which teaches nothing about open days. ``expected``: how many
    times the slot's usual is expected, 1 on a day like others. ``month_weeks``: how many weeks
    before the same day of last month was (its first Sunday), 0 if it had none.
    """

    slot: int
    day: date
    month_weeks: int
    closed: bool
    expected: float
    name: str


@dataclass(slots=True)
class Calendar:
    """The days of one museum. ``holidays`` count as weekends; ``announced`` days (free entry, a
    long night) may bring as many times the usual as they say.
    """

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    closures: frozenset[date] = frozenset()
    holidays: frozenset[date] = frozenset()
    announced: Mapping[date, float] = field(default_factory=dict)
    opening: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _hours: dict[int, Hour] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, museum: Museum) -> Calendar:
        """Read a museum's record."""
        opening: dict[int, tuple[tuple[int, int], ...]] = {}
        for hours in museum.opening_hours:
            span = (_minute(hours.opens), _minute(hours.closes))
            for day in hours.days:
                number = _DAYS.index(day)
                opening[number] = (*opening.get(number, ()), span)
        return cls(
            timezone=ZoneInfo(museum.timezone),
            closures=frozenset(museum.closures),
            holidays=frozenset(museum.holidays),
            announced=dict.fromkeys(museum.busy_days, ANNOUNCED),
            opening=opening,
        )

    def hour(self, number: int) -> Hour:
        """Return the local hour in which a bin begins."""
        # Zones differ by quarters of an hour, so a quarter lies in one local hour everywhere.
        quarter = number // (_HOUR_BINS // 4)
        found = self._hours.get(quarter)
        if found is None:
            if len(self._hours) >= _KEPT_HOURS:
                self._hours.clear()
            found = self._hours[quarter] = self._look_up(number)
        return found

    def _look_up(self, number: int) -> Hour:
        local = start_of(number).astimezone(self.timezone)
        day = local.date()
        free = day.weekday() >= 5 or day in self.holidays
        return Hour(
            slot=local.hour + 24 * free,
            day=day,
            month_weeks=_weeks_to_last_month(day),
            closed=day in self.closures,
            expected=self.announced.get(day, 1.0),
            name=f"{_NAMES[day.weekday()]} {local.hour:02d}:00",
        )

    def is_open(self, at: datetime) -> bool | None:
        """Whether the museum is open; ``None`` where its record does not say.

        An opening that closes before it opens ends after midnight of the next day.
        """
        if not self.opening:
            return None
        local = at.astimezone(UTC).astimezone(self.timezone)
        minute = 60 * local.hour + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(
            opens <= minute < closes or (closes <= opens <= minute)
            for opens, closes in self._of(today)
        ) or any(closes <= opens and minute < closes for opens, closes in self._of(yesterday))

    def _of(self, day: date) -> tuple[tuple[int, int], ...]:
        return () if day in self.closures else self.opening.get(day.weekday(), ())


def _weeks_to_last_month(day: date) -> int:
    for weeks in (4, 5):
        before = day - timedelta(weeks=weeks)
        if before.month != day.month and (before.day - 1) // 7 == (day.day - 1) // 7:
            return weeks
    return 0


def _minute(at: time) -> int:
    return 60 * at.hour + at.minute
