"""All linear parts of a stack folded into one table a language, in steps of eight bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..features import BUCKETS, Floats
from .linear import Part
from .stack import Stack

_KEPT = 0.9999


class Collapsed(NamedTuple):
    """A language's table by bucket and axis, its steps, and what style and the texts begin with."""

    grams: NDArray[np.int8]
    steps: Floats
    styles: Floats
    intercepts: Floats


def collapse(stack: Stack, parts: Sequence[Part], frequency: Floats) -> Collapsed:
    """Fold parts, in the order of the stack's columns; the columns after theirs are the style."""
    table = np.zeros((len(stack.weights), BUCKETS))
    intercepts = stack.intercepts
    at = 0
    for part in parts:
        own = stack.weights[:, at : at + len(part.weights)]
        table += own @ part.weights
        intercepts = intercepts + own @ part.intercepts
        at += len(part.weights)
    table *= frequency
    steps = np.quantile(np.abs(table), _KEPT, axis=1) / 127
    rounded = np.clip(np.round(table / steps[:, None]), -127, 127).astype(np.int8)
    return Collapsed(rounded.T, steps, stack.weights[:, at:].T, intercepts)
