"""How sure a stack may be, and how kinds of source differ: found on texts that it has not seen."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from ..features import Floats, Ints
from .stack import Stack

_MOST_SHIFT = 1.0
_RESTRAINT = 1e-3


def calibrate(stack: Stack, columns: Floats, labels: Ints, *, doubtful: bool = False) -> Stack:
    """Return the stack with its scores stretched and shifted so that its shares come true.

    ``doubtful`` labels only stretch: they say how sure one may be, and move no text to another
    label.
    """
    scores = stack.scores(columns)
    weights = np.full(len(labels), 1 / len(labels))
    may_shift = float(not doubtful)

    def loss(change: Floats) -> float:
        moved = scores * np.exp(change[0]) + change[1:] * may_shift
        return _loss(moved, labels, weights) + _RESTRAINT * float(change @ change)

    found = minimize(loss, np.zeros(3), method="BFGS").x
    stretch = np.exp(found[0])
    return Stack(stack.weights * stretch, stack.intercepts * stretch + found[1:] * may_shift)


def source_shift(stack: Stack, columns: Floats, labels: Ints) -> Floats:
    """Return what to add to polarity and neutrality for texts of a kind of source.

    Negative and positive texts count the same in sum: only the share of the neutral is taken from
    the source, for a review is seldom neutral, however plainly it describes.
    """
    counts = np.bincount(labels, minlength=3).astype(float)
    polar = (counts[0] + counts[2]) / 2
    weights = (np.array([polar, counts[1], polar]) / np.maximum(counts, 1))[labels]
    weights /= weights.sum()
    scores = stack.scores(columns)
    found = minimize(lambda shift: _loss(scores + shift, labels, weights), np.zeros(2)).x
    return np.asarray(np.clip(found, -_MOST_SHIFT, _MOST_SHIFT))


def _loss(scores: Floats, labels: Ints, weights: Floats) -> float:
    polarity, neutrality = scores.T
    three = np.stack((-polarity / 2, neutrality, polarity / 2), axis=1)
    three -= three.max(axis=1, keepdims=True)
    told = three[np.arange(len(labels)), labels] - np.log(np.exp(three).sum(axis=1))
    return -float(weights @ told)
