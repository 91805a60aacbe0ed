"""What hints are looked up by: words cut short, and two in a row, in training as at run time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..phrases import Tokens

_CUT = 6
"""Letters of a word that are read: in five languages, most of what tells, little of its ending."""


def keys(tokens: Tokens) -> Iterator[tuple[str, int, int]]:
    """Yield each word and each two in a row, with the first and the last word that it is of."""
    words = [word[:_CUT] for word in tokens.words]
    for at, word in enumerate(words):
        yield word, at, at
    for at, (word, following) in enumerate(pairwise(words)):
        yield f"{word} {following}", at, at + 1


def kind_key(kind: str) -> str:
    """Return what stands for the kind of post: a review judges more often than a post."""
    return f":{kind}"
