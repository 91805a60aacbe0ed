"""Texts as the rows of sparse matrices: what the weights are learned on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack

from ..features import BUCKETS, Batch, Floats, Ints, emoji, grams, listed, styles
from ..table import LENGTH_STEP
from ..words import spell

_CHUNK = 2_048
_CELL_BITS = 20


@dataclass(frozen=True)
class Design:
    """Texts as features. ``counts``: how often each has n-grams of each bucket.

    ``emoji``, ``words``: all emoji, and the buckets of all words, and which text each is of.
    """

    counts: csr_matrix
    styles: Floats
    emoji: tuple[Ints, Ints]
    words: tuple[Ints, Ints]


def design(texts: Sequence[str], advance: Callable[[int], None]) -> Design:
    """Read texts; ``advance`` is told how many more are read."""
    counts, style, found, words = [], [], [], []
    for at in range(0, len(texts), _CHUNK):
        batch = Batch.of([spell(text) for text in texts[at : at + _CHUNK]])
        counts.append(_count(batch))
        style.append(styles(batch))
        found.append(_from(at, emoji(batch)))
        words.append(_from(at, listed(batch)))
        advance(len(batch.spellings))
    return Design(
        vstack(counts, format="csr"),
        np.concatenate(style),
        _join(found),
        _join(words),
    )


def _from(first: int, found: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Number owners from that of a batch's first text on."""
    return found[0], found[1] + first


def _join(many: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([one for one, _ in many]), np.concatenate([whose for _, whose in many])


def rarity(many: Sequence[Design]) -> tuple[Floats, NDArray[np.uint8]]:
    """Return each bucket's inverse document frequency, and its square in a table's steps."""
    found = sum(np.bincount(one.counts.indices, minlength=BUCKETS) for one in many)
    texts = sum(one.counts.shape[0] for one in many)
    frequency = np.log((texts + 1) / (found + 1)) + 1
    return frequency, np.round(frequency**2 / LENGTH_STEP).astype(np.uint8)


def matrix(counts: csr_matrix, frequency: Floats, steps: NDArray[np.uint8]) -> csr_matrix:
    """Weigh n-grams by rarity and texts by length: times a table's weights, it is a score."""
    weighted = counts.astype(np.float64)
    length = np.sqrt(LENGTH_STEP * np.maximum(weighted @ steps.astype(np.float64), 1))
    return (diags(1 / length) @ weighted @ diags(frequency)).tocsr()


def _count(batch: Batch) -> csr_matrix:
    buckets, rows = grams(batch)
    cells, counts = np.unique(rows << _CELL_BITS | buckets, return_counts=True)
    bounds = np.searchsorted(cells >> _CELL_BITS, np.arange(len(batch.spellings) + 1))
    indices = cells & ((1 << _CELL_BITS) - 1)
    return csr_matrix(
        (counts.astype(np.float32), indices.astype(np.int32), bounds.astype(np.int32)),
        shape=(len(batch.spellings), BUCKETS),
    )
