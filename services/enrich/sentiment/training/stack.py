"""The stack: per language a logistic regression over the margins of all parts and the style.

Margins of the benchmark's own rows come from parts that have not seen them, nor a near-duplicate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..features import Floats, Ints

_SOFTNESS = 0.015
OTHERS = 0.03
"""What a row of another language counts in a stack."""

_STEPS = 1_000
_AXES = np.array([[-1.0, 0.0, 1.0], [-0.5, 1.0, -0.5]])
"""Polarity and neutrality, out of the log-odds of negative, neutral and positive."""


@dataclass(frozen=True)
class Stack:
    """What each column adds to polarity and to neutrality, and what both begin with."""

    weights: Floats
    intercepts: Floats

    def scores(self, columns: Floats) -> Floats:
        """Return polarity and neutrality, a row a text."""
        return np.asarray(columns @ self.weights.T + self.intercepts)


def fit_stack(columns: Floats, labels: Ints, own: NDArray[np.bool_], others: float) -> Stack:
    """Fit a stack; ``others``: what rows count that are not the language's own."""
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    spread[spread == 0] = 1
    regression = LogisticRegression(C=_SOFTNESS, max_iter=_STEPS, tol=1e-6)
    regression.fit((columns - middle) / spread, labels, sample_weight=np.where(own, 1.0, others))
    weights = _AXES @ (regression.coef_ / spread)
    return Stack(weights, _AXES @ regression.intercept_ - weights @ middle)
