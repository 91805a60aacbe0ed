"""What hints are looked up by: words cut short, and two in a row, in training as at run time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..phrases import Tokens

_CUT = 6
"""Letters of a word that are read: in five languages, most of what tells, little of its ending."""


def keys(tokens: Tokens) -> list[str]:
    """Return each word, then each two in a row."""
    words = [word[:_CUT] for word in tokens.words]
    return [*words, *map(" ".join, pairwise(words))]


def places(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word that each of the keys is of."""
    size = len(tokens)
    yield from ((at, at) for at in range(size))
    yield from pairwise(range(size))


def kind_key(kind: str) -> str:
    """Return what stands for the kind of post: a review judges more often than a post."""
    return f":{kind}"
