"""py3langid's model, read by a whole batch of texts at once, and restricted to our languages.

The library walks its automaton in Python, a byte a step, and scores one text at a time: a quarter
of all that reading a post took. The tables are the library's; so are the answers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import LanguageIdentifier

from .language_tables import tables_of

LONGEST = 6
"""Bytes of the longest feature: what stands further back has no say in which ones end at a byte."""

_BYTES = 256
_NO_TEXT = 0xFF
"""A byte that no text has in UTF-8; it leads from everywhere to the automaton's beginning."""

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


class Detector:
    """Tells the languages of texts, out of some."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._tables = tables_of(languages)
        self._classes = self._tables.classes.tobytes()
        self._codes = self._tables.codes.tolist()
        self._again = self._tables.again.tolist()
        # From the beginning, from which most steps are made, by byte.
        self._first_steps = self._tables.steps[self._tables.rows[0] :][:_BYTES].copy()

    def classify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return the code and the probability of each text's language."""
        if not texts:
            return []
        encoded = [LanguageIdentifier._encode(text).translate(self._classes) for text in texts]
        shares = self._shares(self._walk(encoded), [len(data) or 1 for data in encoded])
        return [self._best(row) for row in shares.tolist()]

    def _best(self, shares: list[float]) -> tuple[str, float]:
        for first, again in self._again:  # two columns of one language
            shares[first] += shares[again]
            shares[again] = 0.0
        best = max(shares)
        return self._codes[shares.index(best)], best

    def _walk(self, encoded: Sequence[bytes]) -> _Ints:
        """Return all features of texts, each as its text's number times all features, and its own.

        The steps to all bytes are made at once, each from so far back as a feature is long.
        """
        rows, steps = self._tables.rows, self._tables.steps
        between = self._classes[_NO_TEXT : _NO_TEXT + 1]
        data = np.frombuffer(between * (LONGEST - 1) + between.join(encoded), np.uint8)
        size = len(data) - LONGEST + 1
        states = self._first_steps.take(data[:size])
        for at in range(1, LONGEST):
            states = steps.take(rows.take(states) + data[at : at + size])
        features = self._tables.features.take(states)
        found = (features >= 0).nonzero()[0]
        keys = features.take(found).astype(np.int64)
        if len(encoded) > 1:
            owners = np.repeat(np.arange(len(encoded)), [len(text) + 1 for text in encoded])
            keys += owners.take(found) * len(self._tables.weights)
        return keys

    def _shares(self, keys: _Ints, sizes: Sequence[int]) -> _Floats:
        """Return the probability of each column's language, a row a text: naive Bayes, as the
        library.
        """
        weights, usual = self._tables.weights, self._tables.usual
        scores = np.zeros((len(sizes), len(usual)))
        if len(keys):
            keys.sort()
            new = np.ones(len(keys) + 1, np.bool_)
            np.not_equal(keys[1:], keys[:-1], out=new[1:-1])
            bounds = new.nonzero()[0]
            firsts = bounds[:-1]
            owners, features = np.divmod(keys.take(firsts), len(weights))
            weighed = weights.take(features, axis=0) * np.log1p(bounds[1:] - firsts)[:, None]
            known = np.bincount(owners).nonzero()[0]
            scores[known] = np.add.reduceat(weighed, owners.searchsorted(known)) + usual
        scores /= np.sqrt(sizes)[:, None]
        powers = np.exp(scores - np.maximum.reduce(scores, axis=1, keepdims=True))
        return np.asarray(powers / np.add.reduce(powers, axis=1, keepdims=True))
