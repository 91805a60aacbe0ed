"""All linear parts of a stack folded into one table a language, in steps of eight bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..features import BUCKETS, Floats
from .linear import Part
from .stack import Stack

_KEPT = 0.9999
AXES = np.array([[-1.0, 0.0, 1.0], [-0.5, 1.0, -0.5]])
"""Polarity and neutrality, out of the log-odds of negative, neutral and positive."""


def collapse(
    stack: Stack, parts: Sequence[Part], frequency: Floats
) -> tuple[NDArray[np.int8], Floats, Floats, Floats]:
    """Return the table (by bucket and axis), its steps, the weights of style, the intercepts."""
    table = np.zeros((2, BUCKETS))
    axes = AXES @ stack.weights
    intercepts = AXES @ stack.intercepts
    at = 0
    for part in parts:
        own = axes[:, at : at + len(part.weights)]
        table += own @ part.weights
        intercepts = intercepts + own @ part.intercepts
        at += len(part.weights)
    table *= frequency
    steps = np.quantile(np.abs(table), _KEPT, axis=1) / 127
    rounded = np.clip(np.round(table / steps[:, None]), -127, 127).astype(np.int8)
    return rounded.T, steps, axes[:, at:].T, intercepts
