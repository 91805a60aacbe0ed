"""py3langid's model, read by a whole batch of texts at once, and restricted to our languages.

The library walks its automaton in Python, a byte a step, and scores one text at a time: a quarter
of all that reading a post took. The tables are the library's; so are the answers.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import LanguageIdentifier

from .language_tables import tables_of

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]

_FEW = 16
"""So many texts are walked one by one: for fewer, a step of all costs more than their steps."""


class Detector:
    """Tells the languages of texts, out of some."""

    def __init__(self, languages: Sequence[str]) -> None:
        tables = tables_of(languages)
        # A text alone is walked in Python, which reads arrays of its own sooner than numpy's.
        self._steps = _array("I", tables.steps)
        self._rows = _array("I", tables.rows)
        self._features = _array("i", tables.features)
        self._tables = tables._replace(  # the same memory: twice 30 MB would be too much
            steps=np.frombuffer(self._steps, np.uint32),
            rows=np.frombuffer(self._rows, np.uint32),
            features=np.frombuffer(self._features, np.int32),
        )
        self._classes = tables.classes.tobytes()
        self._codes = tables.codes.tolist()

    def classify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return the code and the probability of each text's language."""
        if not texts:
            return []
        encoded = [LanguageIdentifier._encode(text).translate(self._classes) for text in texts]
        owners, features = (self._walk_one if len(texts) <= _FEW else self._walk)(encoded)
        shares = self._shares(owners, features, [len(data) or 1 for data in encoded])
        best = shares.argmax(axis=1)
        sure = shares[np.arange(len(texts)), best]
        return [
            (self._codes[at], share) for at, share in zip(best.tolist(), sure.tolist(), strict=True)
        ]

    def _walk_one(self, encoded: Sequence[bytes]) -> tuple[_Ints, _Ints]:
        """Return the features of texts and whose each is, walked one after the other."""
        steps, rows, features = self._steps, self._rows, self._features
        owners, found = array("q"), array("q")
        for owner, data in enumerate(encoded):
            state = 0
            for byte in data:
                state = steps[rows[state] + byte]
                feature = features[state]
                if feature >= 0:
                    owners.append(owner)
                    found.append(feature)
        return np.frombuffer(owners, np.int64), np.frombuffer(found, np.int64)

    def _walk(self, encoded: Sequence[bytes]) -> tuple[_Ints, _Ints]:
        """Do the same with all texts in step: of those that have a byte left, the next."""
        lengths = np.array([len(data) for data in encoded])
        order = np.argsort(-lengths, kind="stable")
        longest = int(lengths.max())
        padded = b"".join(encoded[at].ljust(longest, b"\0") for at in order)
        columns = np.frombuffer(padded, np.uint8).reshape(len(encoded), longest).T
        going = len(encoded) - np.searchsorted(lengths[order[::-1]], np.arange(longest), "right")
        rows, steps, features = self._tables.rows, self._tables.steps, self._tables.features
        states = np.zeros(len(encoded), np.int64)
        owners, found = [order[:0]], [features[:0]]
        for column, texts in zip(columns, going.tolist(), strict=True):
            states = steps[rows[states[:texts]] + column[:texts]]
            seen = features[states]
            which = np.flatnonzero(seen >= 0)
            owners.append(order[which])
            found.append(seen[which])
        return np.concatenate(owners), np.concatenate(found).astype(np.int64)

    def _shares(self, owners: _Ints, features: _Ints, sizes: Sequence[int]) -> _Floats:
        """Return the probability of each language, a row a text: naive Bayes, as the library."""
        weights, usual = self._tables.weights, self._tables.usual
        keys, counts = np.unique(owners * len(weights) + features, return_counts=True)
        owners, features = np.divmod(keys, len(weights))
        scores = np.zeros((len(sizes), len(usual)))
        if len(keys):
            firsts = np.flatnonzero(np.diff(owners, prepend=-1))
            weighed = np.log1p(counts)[:, None] * weights[features]
            scores[owners[firsts]] = np.add.reduceat(weighed, firsts) + usual
        scores /= np.sqrt(sizes)[:, None]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        powers /= powers.sum(axis=1, keepdims=True)
        for first, again in self._tables.again:  # two columns of one language
            powers[:, first] += powers[:, again]
            powers[:, again] = 0
        return np.asarray(powers)


def _array(kind: str, table: NDArray[Any]) -> array[int]:
    copy = array(kind)
    copy.frombytes(table.tobytes())
    return copy
