"""What is unusual about one museum: its posts in bins, folded twice. Up to the lateness horizon
once and for good, and from there to now again whenever a late post corrects its bin.

So what is learned depends on the posts alone, not on their order. Time comes from ticks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .bins import (
    DAY_BINS,
    FULL_WEIGHT,
    HOUR_BINS,
    LATENESS_BINS,
    WINDOW_BINS,
    Bins,
    Said,
    bin_of,
    key_of,
    start_of,
)
from .burst import HALF_BINS, QUIET_BINS, READY_BINS, WHOLE_BINS, Burst
from .calendar import Calendar
from .negative_share import NegativeShare
from .outlook import Alarm, Outlook, burst_alarm, negative_alarm
from .tails import usual_counts

_LONGEST_SILENCE = 7 * DAY_BINS


@dataclass(slots=True)
class Course:
    """Everything that is folded bin by bin."""

    burst: Burst = field(default_factory=Burst)
    share: NegativeShare = field(default_factory=NegativeShare)

    def fold(self, number: int, calendar: Calendar, bins: Bins) -> None:
        """Take the next bin."""
        half, whole = bins.posted(number, HALF_BINS), bins.posted(number, WHOLE_BINS)
        self.burst.fold(number, calendar.hour(number), half, whole)
        self.share.fold(number, bins.opinions(number), bins.leaving(number))

    def copy(self) -> Course:
        """Return one that is folded on its own."""
        return Course(self.burst.copy(), self.share.copy())


@dataclass(slots=True)
class Watch:
    """One museum's state. ``settled`` and ``now``: the last bins folded for good, and at all.

    ``told`` and ``told_share``: the bins in which the episodes began that an alarm was last
    raised for.
    """

    bins: Bins = field(default_factory=Bins)
    course: Course = field(default_factory=Course)
    settled: int = 0
    now: int | None = None
    told: int = 0
    told_share: int = 0
    _live: Course | None = None
    """The course up to now; ``None`` after a change in its past."""

    def put(
        self, post_id: str, at: datetime, *, negative: bool | None, weight: float = 1.0
    ) -> None:
        """Count a post, or correct what is known of it; a repeat changes nothing.

        ``negative`` is ``None`` without a sentiment. ``weight`` (0 to 1) is what its sentiment
        counts, less for copies.
        """
        said = Said(
            bin_of(at),
            0 if negative is None else round(min(max(weight, 0.0), 1.0) * FULL_WEIGHT),
            bool(negative),
        )
        self._changed(self.bins.put(key_of(post_id), said))

    def remove(self, post_id: str) -> None:
        """Take a post out of the current windows."""
        self._changed(self.bins.remove(key_of(post_id)))

    def _changed(self, number: int | None) -> None:
        if number is not None and self.now is not None and number <= self.now:
            self._live = None

    def begin(self, at: datetime) -> None:
        """Begin a window before an instant, unless time has begun.

        So the posts of that window teach, whichever tick comes first: another worker might meet a
        later one, and must learn the same.
        """
        if self.now is None:
            start = bin_of(at) - 1 - WINDOW_BINS
            self.bins.begin(start - LATENESS_BINS)
            self.settled = self.now = start

    def tick(self, at: datetime, calendar: Calendar) -> tuple[Alarm, ...]:
        """Take the time, and return the alarms of the bins that ended since the last tick.

        After more than a week without a tick the bins begin anew: nobody listened, so nothing is
        learned from the silence.
        """
        last = bin_of(at) - 1
        if self.now is None or last - self.now > _LONGEST_SILENCE:
            self.bins.begin(last - LATENESS_BINS)
            self.settled = self.now = last
            self._live = None
            return ()
        alarms: list[Alarm] = []
        while self.now < last:
            alarms += self._step(self.now + 1, calendar)
        return tuple(alarms)

    def _step(self, number: int, calendar: Calendar) -> list[Alarm]:
        horizon = number - LATENESS_BINS
        self.bins.freeze(horizon)
        if horizon > self.settled:
            self.course.fold(horizon, calendar, self.bins)
            self.settled = horizon
        if self._live is not None:
            self._live.fold(number, calendar, self.bins)
        self.now = number
        return self._tell(self.live(calendar), calendar)

    def live(self, calendar: Calendar) -> Course:
        """Return the course up to the last tick."""
        if self._live is None:
            self._live = self.course.copy()
            for number in range(self.settled + 1, (self.now or 0) + 1):
                self._live.fold(number, calendar, self.bins)
        return self._live

    def _tell(self, live: Course, calendar: Calendar) -> list[Alarm]:
        # A late post may shift an episode's beginning, but only within the horizon. What lies
        # behind it is known for good.
        if self.told + LATENESS_BINS < self.settled:
            self.told = self.course.burst.opened
        if self.told_share + LATENESS_BINS < self.settled:
            self.told_share = self.course.share.opened
        alarms = []
        if live.burst.opened > self.told + LATENESS_BINS:
            self.told = live.burst.opened
            alarms.append(burst_alarm(self.read(calendar), start_of(self.told + 1)))
        if live.share.opened > self.told_share + LATENESS_BINS:
            self.told_share = live.share.opened
            alarms.append(negative_alarm(self.read(calendar), start_of(self.told_share + 1)))
        return alarms

    def read(self, calendar: Calendar) -> Outlook:
        """Return what is to be said about the museum at the last tick.

        Raises ``ValueError`` before the first tick: without a time nothing is recent.
        """
        if self.now is None:
            raise ValueError("no tick has come yet")
        live = self.live(calendar)
        burst, share, hour = live.burst, live.share, calendar.hour(self.now)
        posts = self.bins.posted(self.now, HOUR_BINS)
        low, high = usual_counts(burst.expected, burst.whole.phi)
        share_low, share_high = share.usual_range()
        biggest, as_big_before = burst.hours.days_since(self.now // HOUR_BINS, posts)
        return Outlook(
            at=start_of(self.now + 1),
            state="ready" if burst.age >= READY_BINS else "learning",
            silent=burst.age < QUIET_BINS,
            hour=hour.name,
            closed=hour.closed,
            posts_last_hour=posts,
            usual_low=low,
            usual_high=high,
            burst_score=round(burst.score, 1),
            level=burst.level,
            bursting=burst.open,
            biggest_in_days=biggest,
            as_big_before=as_big_before,
            judged=share.judged,
            negative=share.bad,
            negative_share=share.bad / share.judged if share.judged else None,
            usual_share_low=share_low,
            usual_share_high=share_high,
            chance=share.chance,
        )
