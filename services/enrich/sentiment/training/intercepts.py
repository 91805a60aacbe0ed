"""How much kinds of source differ: a review is seldom neutral, however plainly it describes."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from ..features import Floats, Ints
from .collapse import AXES

_MOST = 1.0


def learn_intercepts(logits: Floats, labels: Ints) -> Floats:
    """Return what to add to polarity and neutrality so that logits fit the labels of a source.

    ``logits`` come from a model that has not seen the texts. Negative and positive texts count the
    same in sum, so that only the share of the neutral is taken from the source.
    """
    counts = np.bincount(labels, minlength=3).astype(float)
    balance = np.array([(counts[0] + counts[2]) / 2 / max(counts[0], 1), 1, 0])
    balance[2] = (counts[0] + counts[2]) / 2 / max(counts[2], 1)
    weights = balance[labels]
    scores = logits @ AXES.T

    def loss(shift: Floats) -> float:
        polarity, neutrality = (scores + shift).T
        three = np.stack((-polarity / 2, neutrality, polarity / 2), axis=1)
        three -= three.max(axis=1, keepdims=True)
        chosen = three[np.arange(len(labels)), labels]
        return float(weights @ (np.log(np.exp(three).sum(axis=1)) - chosen))

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4})
    return np.asarray(np.clip(found.x, -_MOST, _MOST))
