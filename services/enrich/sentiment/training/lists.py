"""Our own lists of good and bad words, one file a language, as what each bucket of words says.

A file has lines of a mark and words: ``++`` and ``+`` are good, ``-`` and ``--`` are bad, negations
among them. They are written out of general knowledge, not taken from any lexicon. Training puts
them into the weights, so that a model stays with the lists that it has learned with.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..features import BUCKETS, Batch, listed
from ..words import spell

FOLDER = Path(__file__).parent / "lists"
_MARKS = {"++": 2, "+": 1, "-": -1, "--": -2}
_COMMENT = "#"


def read_lists(languages: tuple[str, ...], otherwise: str) -> NDArray[np.int8]:
    """Return what words say, by language and bucket; ``otherwise``: whose list others have."""
    lists = np.zeros((len(languages), BUCKETS), np.int8)
    for number, code in enumerate(languages):
        path = FOLDER / f"{code}.txt"
        for word, said in read_list(path if path.exists() else FOLDER / f"{otherwise}.txt").items():
            buckets, _ = listed(Batch.of([spell(word)]))
            lists[number, buckets] = said
    return lists


def read_list(path: Path) -> dict[str, int]:
    """Return a file's words, and what each says: -2 to 2."""
    words: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, *some = line.split() or [_COMMENT]
        if mark != _COMMENT:
            words |= dict.fromkeys(some, _MARKS[mark])
    return words
