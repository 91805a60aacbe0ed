"""Phrases found in a text, and which of them count where they overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .files import Meaning
from .tokens import WordSet

PLAIN = "plain"
_TELLING = "!-+=?"
"""Marks, that which tells most first."""


class Hit(NamedTuple):
    """A phrase in a text, from its ``first`` to its ``last`` word; ``words``: all but its gaps."""

    first: int
    last: int
    meaning: Meaning
    words: WordSet

    def numbers(self) -> list[int]:
        """Return the number of each of its words, without those in its gaps."""
        return [word for word in range(self.first, self.last + 1) if self.words >> word & 1]


def longest(hits: list[Hit]) -> list[Hit]:
    """Leave out what lies inside the words of a longer phrase, or means nothing by [plain].

    Of several marks that a section has for the same words, the one that tells most counts.
    """
    shared = _shared(hits)
    if shared:
        alone = [hit for hit in hits if not hit.words & shared]
        hits = alone + _outer(hit for hit in hits if hit.words & shared)
    kept = [hit for hit in hits if hit.meaning.section != PLAIN]
    kept.sort()
    return kept


def _shared(hits: Sequence[Hit]) -> WordSet:
    """The words that several phrases hold."""
    seen: WordSet = 0
    shared: WordSet = 0
    for hit in hits:
        shared |= seen & hit.words
        seen |= hit.words
    return shared


def _outer(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    over: defaultdict[int, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=_rank):
        words, hidden_by = hit.words, (PLAIN, hit.meaning.section)
        for longer in over[hit.first]:
            if not words & ~longer.words and (
                words != longer.words or longer.meaning.section in hidden_by
            ):
                break
        else:
            kept.append(hit)
            for word in range(hit.first, hit.last + 1):
                over[word].append(hit)
    return kept


def _rank(hit: Hit) -> tuple[int, bool, int]:
    return (-hit.words.bit_count(), hit.meaning.section != PLAIN, _TELLING.find(hit.meaning.mark))
