"""What hints are looked up by: words cut short, and two in a row, in training as at run time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..phrases import Tokens

_CUT = 6
"""Letters of a word that are read: in five languages, most of what tells, little of its ending."""


def keys(tokens: Tokens, first: int = 0, last: int | None = None) -> list[str]:
    """Return each word from the first to the last, or to the end, then each two in a row."""
    stop = None if last is None else last + 1
    words = [word[:_CUT] for word in tokens.words[first:stop]]
    return [*words, *map(" ".join, pairwise(words))]


def places(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last word that each of the keys is of."""
    numbers = range(first, last + 1)
    yield from ((at, at) for at in numbers)
    yield from pairwise(numbers)


def kind_key(kind: str) -> str:
    """Return what stands for the kind of post: a review judges more often than a post."""
    return f":{kind}"
