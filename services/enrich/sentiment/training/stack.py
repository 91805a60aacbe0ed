"""The stack: per language a logistic regression over the margins of all parts and the style.

It is the calibration too. Margins of the benchmark's own rows come from parts that have not seen
them, nor a near-duplicate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..features import Floats, Ints

_SOFTNESS = 0.015
_OTHERS = 0.02
_STEPS = 1_000


@dataclass(frozen=True)
class Stack:
    """Weights of margins and style for the three classes' log-odds, and intercepts."""

    weights: Floats
    intercepts: Floats

    def logits(self, columns: Floats) -> Floats:
        """Return a row of three for each row of columns."""
        return np.asarray(columns @ self.weights.T + self.intercepts)


def fit_stack(columns: Floats, labels: Ints, own: NDArray[np.bool_]) -> Stack:
    """Fit a stack; rows that are not the language's own count a fiftieth."""
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    spread[spread == 0] = 1
    regression = LogisticRegression(C=_SOFTNESS, max_iter=_STEPS, tol=1e-6)
    regression.fit((columns - middle) / spread, labels, sample_weight=np.where(own, 1.0, _OTHERS))
    weights = regression.coef_ / spread
    return Stack(weights, regression.intercept_ - weights @ middle)
