"""Whether unusually many of a museum's posts of six hours are negative: a beta-binomial tail.

Opinion swings from day to day, so even the largest museum's share is trusted only as far as thirty
posts would be: that is what keeps large museums from false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

from .bins import DAY_BINS, FULL_WEIGHT, HOUR_BINS, WINDOW_BINS
from .tails import beta_binomial_tail, usual_shares

LINE = 1 / 225
"""Chance by luck at which it is called, at most: see ``NegativeShare.line``."""
MANY = 80
"""Posts of six hours from which on the line falls."""
OUTSIDE = 0.1
"""The usual range leaves so much out at each end."""
PRIOR_NEGATIVE, PRIOR_OTHERS = 1.2, 8.8
TRUSTED = 30.0
FEWEST_NEGATIVE, FEWEST = 4, 5
TIMES_USUAL = 1.5
LOOKS = HOUR_BINS // 2
DECAY = 0.5 ** (1 / (14 * DAY_BINS))
WINDOW_SHARE: float = WINDOW_BINS * (1 - DECAY)
"""What a usual window holds of all that is remembered."""
COOL_DOWN = DAY_BINS
LONGEST_FREEZE = 3 * DAY_BINS


@dataclass(slots=True)
class NegativeShare:
    """Forgotten counts of negative and other posts, and the last alarm.

    ``judged`` and ``bad`` are the window's posts with a sentiment and its negative ones;
    ``chance``: of so many or more by luck, where it was worth asking. ``opened``: the bin of the
    last alarm, 0 before the first.
    """

    negative: float = 0.0
    others: float = 0.0
    opened: int = 0
    unlearned: int = 0
    judged: int = 0
    bad: int = 0
    chance: float | None = None
    beyond: int = 0
    """Bins in a row beyond the line."""

    def fold(self, number: int, window: tuple[int, int], leaving: tuple[int, int]) -> None:
        """Take the next bin; both pairs are judged and negative, in fifteenths of posts.

        ``leaving``: the window's first bin, which is learned, but not while alarmed: a crisis
        is not to become usual. After three days of alarm it is.
        """
        judged, bad = self.judged, self.bad = window[0] // FULL_WEIGHT, window[1] // FULL_WEIGHT
        share, sample = self.usual()
        self.chance = None
        if judged >= FEWEST and bad >= FEWEST_NEGATIVE and bad >= TIMES_USUAL * share * judged:
            self.chance = beta_binomial_tail(bad, judged, share * sample, (1 - share) * sample)
        unlikely = self.chance is not None and self.chance <= self.line()
        self.beyond = self.beyond + 1 if unlikely else 0
        if self._fires() and not self.alarmed(number):
            self.opened = number
        if self.alarmed(number) and self.unlearned < LONGEST_FREEZE:
            self.unlearned += 1
            return
        if not self.alarmed(number):
            self.unlearned = 0
        left, left_bad = leaving[0] / FULL_WEIGHT, leaving[1] / FULL_WEIGHT
        self.negative = self.negative * DECAY + left_bad
        self.others = self.others * DECAY + left - left_bad

    def _fires(self) -> bool:
        """Whether half an hour's looks are beyond the line, or one is so by so many times.

        Each look at the same posts is another chance for luck.
        """
        if self.chance is None or not self.beyond:
            return False
        return self.beyond >= LOOKS or self.chance * LOOKS <= self.line()

    def line(self) -> float:
        """Return the chance by luck at which the window is called.

        With fewer posts than six hours usually bring (at night, in the early morning) it is smaller
        in proportion: so few are soon others, and each look is another chance for luck. With many
        it is smaller too: a wave of complaints stands out of them by far, so to be surer costs
        little, and what stands out less is mostly a bad day. Where both hold, both count.
        """
        most = max(self.judged, WINDOW_SHARE * (self.negative + self.others), 1)
        return LINE * self.judged / most * min(1.0, MANY / most)

    def alarmed(self, number: int) -> bool:
        """Whether an alarm was raised in the last 24 hours."""
        return bool(self.opened) and number < self.opened + COOL_DOWN

    def usual(self) -> tuple[float, float]:
        """Return the usual share and how many posts' worth it is trusted."""
        known = self.negative + self.others + PRIOR_NEGATIVE + PRIOR_OTHERS
        return (self.negative + PRIOR_NEGATIVE) / known, min(known, TRUSTED)

    def usual_range(self) -> tuple[float, float]:
        """Return the shares between which a day's opinion lies four times in five."""
        share, sample = self.usual()
        # Rounded, so that few are computed; but a share of none or all has no distribution.
        return usual_shares(min(max(round(share, 3), 0.001), 0.999), round(sample), OUTSIDE)

    def copy(self) -> NegativeShare:
        """Return one that is folded on its own."""
        return NegativeShare(
            self.negative,
            self.others,
            self.opened,
            self.unlearned,
            self.judged,
            self.bad,
            self.chance,
            self.beyond,
        )
