"""Whether a museum's last hour is a burst: trailing sums against what is usual for the slot.

It is folded bin by bin, in order, each bin once; it reads no clock and raises no alarm itself.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Literal

from .bins import DAY_BINS, HOUR_BINS
from .calendar import SLOTS, Hour
from .hours import Hours
from .tails import poisson_tail

Level = Literal["notice", "alert", "major"]
NOTICE, ALERT, MAJOR = 4.0, 5.0, 8.0
"""Evidence at which a level begins."""
QUIET_BINS = 3 * DAY_BINS
"""So long after the start nothing is called."""
READY_BINS = 14 * DAY_BINS
"""So long after the start it is still learning."""
HALF_BINS, WHOLE_BINS = HOUR_BINS // 2, HOUR_BINS
_HALF_SCALE, _WHOLE_SCALE = 7.0, 4.5
"""Standard deviations that make evidence of 5, by window."""
_LUCK = 3.4e-6
"""The normal tail beyond 4.5: counting noise must be at least as unlikely."""
_FEWEST = 5
_TWICE, _ONCE = 2.0, _WHOLE_SCALE * NOTICE / 5
"""Standard deviations above the usual of what comes again: seen twice, and seen once."""
_JUMP = 1.2
_ENVELOPE_DECAY = 0.5 ** (1 / (12 * HOUR_BINS))
_QUIET_BELOW, _CLOSE_AFTER = 2.0, 2 * HOUR_BINS
_SUSTAINED = HOUR_BINS
_SLOWEST_GAIN = 1 - 0.5 ** (1 / (8 * DAY_BINS))
_SLOT_GAIN = 1 - 0.5 ** (1 / 48)
_SHAPE_AFTER = DAY_BINS


@dataclass(slots=True)
class Usual:
    """What is usual for the sum of a trailing window: ``level`` times the slot's ``shape``.

    ``variance`` is the mean square of what was not foreseen, never made robust: it holds back
    alarms where a museum is restless. ``phi`` is the spread of ordinary hours: their variance is
    ``mean + phi * mean**2``.
    """

    level: float = 0.0
    variance: float = 0.0
    phi: float = 0.1
    shape: array[float] = field(default_factory=lambda: array("f", [1.0]) * SLOTS)

    def mean(self, slot: int) -> float:
        """Return what is usual in a slot, in posts."""
        return max(self.level * self.shape[slot], 0.05)

    def deviation(self, count: float, expected: float) -> float:
        """Return by how many standard deviations a count lies above what is expected."""
        spread = max(self.variance, expected + self.phi * expected * expected, 1.0)
        return (count - expected) / math.sqrt(spread)

    def learn(self, count: int, slot: int, gain: float, shape_gain: float) -> None:
        """Learn from a bin's trailing sum, as much as ``gain``, of the slot ``shape_gain``."""
        mean = self.mean(slot)
        error = count - mean
        limit = 3 * math.sqrt(mean + self.phi * mean * mean + 0.5)
        clipped = _within(-limit, error, limit)
        self.level += gain * clipped / max(self.shape[slot], 0.2)
        if shape_gain and self.level > 0:
            step = shape_gain * clipped / self.level
            self.shape[slot] = _within(0.05, self.shape[slot] + step, 10.0)
        self.variance += gain * (error * error - self.variance)
        if mean > 0.5:
            excess = _within(-1.0, (clipped * clipped - mean) / (mean * mean), 4.0)
            self.phi = _within(0.005, self.phi + gain * (excess - self.phi), 1.5)

    def copy(self) -> Usual:
        """Return one that learns on its own."""
        return Usual(self.level, self.variance, self.phi, self.shape[:])


@dataclass(slots=True)
class Burst:
    """A museum's bursts up to its last bin.

    ``evidence``: of a burst in that bin; 5 is the alarm line. ``opened``: the bin in which the
    last episode began; ``open``: it goes on. ``expected``: posts in an hour like the last one.
    """

    age: int = 0
    half: Usual = field(default_factory=Usual)
    whole: Usual = field(default_factory=Usual)
    seen: array[int] = field(default_factory=lambda: array("H", [0]) * SLOTS)
    hours: Hours = field(default_factory=Hours)
    evidence: float = 0.0
    expected: float = 0.05
    envelope: float = 0.0
    told: float = 0.0
    """The envelope of episodes alone."""
    open: bool = False
    opened: int = 0
    quiet: int = 0
    """Bins in a row with an evidence below 2, as far as it matters."""
    above: int = 0
    """Bins in a row at or above the alarm line, as far as it matters."""

    def fold(self, number: int, hour: Hour, half: int, whole: int) -> None:
        """Take the next bin: the posts of the last 30 and 60 minutes up to its end."""
        if not self.age and not whole:
            return  # before its first post a museum's silence teaches nothing
        slot = hour.slot
        self.evidence = self._weigh(number, hour, half, whole)
        self._watch(number)
        self.hours.put(number // HOUR_BINS, whole)
        # A closed or an announced day teaches nothing about the others.
        if not hour.closed and hour.expected == 1:
            seen = self.seen[slot]
            gain = max(_SLOWEST_GAIN, 1 / (self.age + 1))
            shape_gain = max(_SLOT_GAIN, 1 / (seen + 24)) if self.age >= _SHAPE_AFTER else 0.0
            self.half.learn(half, slot, gain, shape_gain)
            self.whole.learn(whole, slot, gain, shape_gain)
            self.seen[slot] = min(seen + 1, 0xFFFF)
        self.age += 1

    def _weigh(self, number: int, hour: Hour, half: int, whole: int) -> float:
        self.expected = expected = self.whole.mean(hour.slot) * hour.expected
        if whole < _FEWEST or whole <= expected:
            return 0.0
        half_expected = self.half.mean(hour.slot) * hour.expected
        evidence = self._evidence(half, whole, half_expected, expected)
        if evidence <= NOTICE:
            return evidence
        again = self._again(number // HOUR_BINS, hour.month_weeks, expected)
        if again > expected:
            half_expected, expected = max(again / 2, half_expected), again
            evidence = self._evidence(half, whole, half_expected, expected)
        if evidence > NOTICE and poisson_tail(whole, expected) > _LUCK:
            return NOTICE
        return evidence

    def _again(self, hour: int, month_weeks: int, expected: float) -> float:
        """Return the posts that came at this hour before, if that was no chance, or 0.

        Twice in a row it takes two standard deviations. Once, a month ago, it must have been more
        than a notice: else any busy hour would excuse the next.
        """
        weekly = self.hours.weekly(hour)
        monthly = self.hours.monthly(hour, month_weeks)
        return max(
            weekly if self.whole.deviation(weekly, expected) > _TWICE else 0.0,
            monthly if self.whole.deviation(monthly, expected) > _ONCE else 0.0,
        )

    def _evidence(self, half: int, whole: int, half_expected: float, expected: float) -> float:
        return 5 * max(
            0.0,
            self.half.deviation(half, half_expected) / _HALF_SCALE,
            self.whole.deviation(whole, expected) / _WHOLE_SCALE,
        )

    def _watch(self, number: int) -> None:
        evidence = self.evidence
        self.quiet = min(self.quiet + 1, _CLOSE_AFTER) if evidence < _QUIET_BELOW else 0
        self.above = min(self.above + 1, _SUSTAINED) if evidence >= ALERT else 0
        if self.open and self.quiet >= _CLOSE_AFTER:
            self.open = False
        if not self.open and self.age >= QUIET_BINS and self._fires(evidence):
            self.open, self.opened = True, number
        self.envelope = max(self.envelope * _ENVELOPE_DECAY, evidence)
        self.told *= _ENVELOPE_DECAY
        if self.open:
            self.told = max(self.told, evidence)

    def _fires(self, evidence: float) -> bool:
        """Whether an episode opens: by a jump, or by a rise that is large or stays.

        What follows an episode must exceed what is left of it by a fifth.
        """
        if evidence < ALERT or evidence <= _JUMP * self.told:
            return False
        return evidence > _JUMP * self.envelope or evidence >= MAJOR or self.above >= _SUSTAINED

    @property
    def score(self) -> float:
        """0 to 100; 50 is the alarm line."""
        return 100 * self.evidence / (self.evidence + ALERT)

    @property
    def level(self) -> Level | None:
        """The level that the evidence has reached."""
        if self.evidence >= MAJOR:
            return "major"
        if self.evidence >= ALERT:
            return "alert"
        return "notice" if self.evidence >= NOTICE else None

    def copy(self) -> Burst:
        """Return one that is folded on its own."""
        return Burst(
            self.age,
            self.half.copy(),
            self.whole.copy(),
            self.seen[:],
            self.hours.copy(),
            self.evidence,
            self.expected,
            self.envelope,
            self.told,
            self.open,
            self.opened,
            self.quiet,
            self.above,
        )


def _within(low: float, value: float, high: float) -> float:
    if value < low:
        return low
    if value > high:
        return high
    return value
