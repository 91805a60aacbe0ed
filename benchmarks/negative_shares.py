"""The rule of the negative share for many museums at once, bin by bin, as arrays: the same as
``NegativeShare``, to which a test holds it, for years of museums in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.opinions import Counts, Opinions
from services.enrich.unusual import negative_share as rule
from services.enrich.unusual.bins import WINDOW_BINS
from services.enrich.unusual.tails import beta_binomial_tail

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]
FIRST_LINE = 10**-2.5
"""The line of the rule that calls at its first look."""


@dataclass(frozen=True)
class Followed:
    """By bin and museum: the usual share before the bin; whether a look is beyond the first
    line; whether our rule holds, be it in the quiet day after an alarm.
    """

    usual: Numbers
    first: Marks
    holds: Marks


def follow(said: Opinions) -> Followed:
    """Fold all bins of all museums in order."""
    judged, negative = said.windows()
    bins, museums = judged.shape
    usual = np.empty(judged.shape)
    first, holds = np.zeros(judged.shape, bool), np.zeros(judged.shape, bool)
    bad, others = np.zeros(museums), np.zeros(museums)
    opened = np.full(museums, -rule.COOL_DOWN)
    unlearned, beyond = np.zeros(museums, int), np.zeros(museums, int)
    nothing = np.zeros(museums, int)
    for place in range(bins):
        now, now_bad = judged[place], negative[place]
        known = bad + others + rule.PRIOR_NEGATIVE + rule.PRIOR_OTHERS
        share = usual[place] = (bad + rule.PRIOR_NEGATIVE) / known
        most = np.maximum(np.maximum(now, rule.WINDOW_SHARE * (bad + others)), 1)
        line = rule.LINE * now / most * np.minimum(1.0, rule.MANY / most)
        chance = _chances(now, now_bad, share, np.minimum(known, rule.TRUSTED))
        unlikely = chance <= line
        beyond = np.where(unlikely, beyond + 1, 0)
        first[place] = chance <= FIRST_LINE
        holds[place] = unlikely & ((beyond >= rule.LOOKS) | (chance * rule.LOOKS <= line))
        opened[holds[place] & (place >= opened + rule.COOL_DOWN)] = place
        alarmed = place < opened + rule.COOL_DOWN
        frozen = alarmed & (unlearned < rule.LONGEST_FREEZE)
        unlearned = np.where(frozen, unlearned + 1, np.where(alarmed, unlearned, 0))
        old = place + 1 - WINDOW_BINS
        left, left_bad = (said.judged[old], said.negative[old]) if old >= 0 else (nothing, nothing)
        bad = np.where(frozen, bad, bad * rule.DECAY + left_bad)
        others = np.where(frozen, others, others * rule.DECAY + left - left_bad)
    return Followed(usual, first, holds)


def _chances(judged: Counts, bad: Counts, share: Numbers, sample: Numbers) -> Numbers:
    """Return the chances by luck; 1 where none is asked for, or where it is far above any line."""
    chances = np.ones(len(judged))
    mean = share * judged
    asked = (judged >= rule.FEWEST) & (bad >= rule.FEWEST_NEGATIVE)
    asked &= bad >= rule.TIMES_USUAL * mean
    # Up to two standard deviations the chance is some hundredths: to sum its terms would take long.
    asked &= (bad - mean) ** 2 * (sample + 1) > 4 * mean * (1 - share) * (judged + sample)
    for one in np.flatnonzero(asked):
        a, b = float(share[one] * sample[one]), float((1 - share[one]) * sample[one])
        chances[one] = beta_binomial_tail(int(bad[one]), int(judged[one]), a, b)
    return chances
