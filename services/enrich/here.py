"""Which words name the museum that a post concerns: what is said of it there is said of here.

Great museums' names stand among the phrases for elsewhere, since most who compare name them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from .phrases import Hit, Tokens
from .phrases.folding import Folding

_TELLING = 4
"""Shorter words are articles and the like, which no name is known by."""


class Here:
    """The names of the museums of one post: ids, hashtags, handles and words that matched."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(_solid(name) for name in names)

    def __bool__(self) -> bool:
        return bool(self._names)

    def names(self, tokens: Tokens, hit: Hit) -> bool:
        """Whether a phrase found in a text names one of them, as "at the Louvre" does."""
        words = [tokens.words[number] for number in hit.numbers()]
        words = [word for word in words if len(word) >= _TELLING]
        return bool(words) and any(all(word in name for word in words) for name in self._names)


@lru_cache(maxsize=1_000)
def _solid(name: str) -> str:
    return "".join(filter(str.isalnum, Folding()[name]))
