"""What each emoji says, learned from the texts that it stands in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..features import KNOWN, Ints

_DOUBT = 10
_STEPS = 16


def learn_moods(emoji: tuple[Ints, Ints], labels: Ints) -> tuple[Ints, NDArray[np.int16]]:
    """Return emoji and what each says, in sixteenths of a log-odd; the rarer, the less.

    ``emoji``: code points, and the row that each stands in.
    """
    codes, owners = emoji
    polar = labels != 1
    cells = np.unique(owners[polar[owners]] * KNOWN + codes[polar[owners]])
    codes, good = cells % KNOWN, labels[cells // KNOWN] == 2
    positive = np.bincount(codes[good], minlength=KNOWN)
    negative = np.bincount(codes[~good], minlength=KNOWN)
    seen = positive + negative
    odds = np.log((positive + 1) / (negative + 1)) * seen / (seen + _DOUBT)
    moods = np.round(_STEPS * odds).astype(np.int16)
    known = np.flatnonzero(moods)
    return known, moods[known]
