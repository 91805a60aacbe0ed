"""All phrases of a language in one trie, and what they find in a text in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from .files import Entry, Meaning
from .folding import Folding
from .patterns import GAP
from .tokens import STOP, Tokens, WordSet, cut, words_between
from .trie import Run, Trie
from .vocabulary import STAR

PLAIN = "plain"
_TELLING = "!-+=?"
"""Marks, that which tells most first."""
_DOUBLED = re.compile(r"(.)\1")


class Hit(NamedTuple):
    """A phrase in a text, from its ``first`` to its ``last`` word; ``words``: all but its gaps."""

    meaning: Meaning
    first: int
    last: int
    words: WordSet


class _Begun(NamedTuple):
    """What may be phrases that are not whole yet: from where to where, and all but their gaps.

    ``awaits``: the parts that may come next, of one phrase each.
    """

    first: int
    last: int
    words: WordSet
    awaits: frozenset[int]


class _Steps(NamedTuple):
    """What a run stands for, by the numbers of parts: a phrase's parts follow one another.

    It is all of ``whole`` phrases, a begun one of which the part in ``begins`` comes next, and one
    of the parts that ``goes_on``.
    """

    whole: tuple[int, ...]
    begins: frozenset[int]
    goes_on: frozenset[int]


class Book:
    """Every phrase of a language."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._gaps: list[int] = []
        self._ends: dict[int, Meaning] = {}
        known: set[str] = set()
        parts: dict[Run, list[tuple[int, bool]]] = {}
        for entry in dict.fromkeys(entries):
            for at, part in enumerate(entry.parts):
                for run in part.runs:
                    parts.setdefault(run, []).append((len(self._gaps), at == 0))
                    known.update(word.strip(STAR) for word in filter(_DOUBLED.search, run))
                self._gaps.append(part.gap)
            self._ends[len(self._gaps) - 1] = entry.meaning
        meant: dict[_Steps, int] = {}
        self._trie = Trie(
            {
                run: meant.setdefault(self._steps_of(found), len(meant))
                for run, found in parts.items()
            }
        )
        self._steps = list(meant)
        self._folding = Folding(known)

    def _steps_of(self, found: Iterable[tuple[int, bool]]) -> _Steps:
        first = [part for part, is_first in found if is_first]
        return _Steps(
            tuple(part for part in first if part in self._ends),
            frozenset(part + 1 for part in first if part not in self._ends),
            frozenset(part for part, is_first in found if not is_first),
        )

    def __len__(self) -> int:
        return len(self._ends)

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: defaultdict[str, list[Hit]] = defaultdict(list)
        begun: list[_Begun] = []
        all_steps, ends = self._steps, self._ends
        for meant, first, last in self._trie.find(tokens.words, tokens.before):
            whole, begins, goes_on = all_steps[meant]
            words = words_between(first, last + 1)
            for part in whole:
                meaning = ends[part]
                found[meaning.kind].append(Hit(meaning, first, last, words))
            if goes_on:
                for part, before in self._reached(begun, goes_on, first, tokens):
                    together = before.words | words
                    if part in ends:
                        meaning = ends[part]
                        found[meaning.kind].append(Hit(meaning, before.first, last, together))
                    else:
                        awaits = frozenset((part + 1,))
                        begun.append(_Begun(before.first, last, together, awaits))
            if begins:
                begun.append(_Begun(first, last, words, begins))
        return {kind: longest(hits) for kind, hits in found.items()}

    def _reached(
        self, begun: list[_Begun], goes_on: frozenset[int], first: int, tokens: Tokens
    ) -> list[tuple[int, _Begun]]:
        """Return the parts at ``first`` that go on with something, each with the nearest such."""
        nearest: dict[int, _Begun] = {}
        for one in reversed(begun):  # they end in the order in which they stand here
            between = first - one.last - 1
            if between > GAP:
                break
            if between < 0 or one.awaits.isdisjoint(goes_on):
                continue
            if max(tokens.before[one.last + 1 : first + 1]) >= STOP:
                break
            for part in one.awaits & goes_on:
                if between <= self._gaps[part]:
                    nearest.setdefault(part, one)
        return sorted(nearest.items())


def longest(hits: list[Hit]) -> list[Hit]:
    """Leave out what lies inside the words of a longer phrase, or means nothing by [plain].

    Of several marks that a section has for the same words, the one that tells most counts.
    """
    if len(hits) == 1:
        return [] if hits[0].meaning.section == PLAIN else hits
    hits.sort(key=_rank)
    kept: list[Hit] = []
    seen: set[tuple[str, WordSet]] = set()
    for hit in hits:
        words = hit.words
        for longer in kept:
            if not words & ~longer.words and (
                words != longer.words or longer.meaning.section == PLAIN
            ):
                break
        else:
            key = (hit.meaning.section, words)
            if key not in seen:
                seen.add(key)
                kept.append(hit)
    kept = [hit for hit in kept if hit.meaning.section != PLAIN]
    kept.sort(key=_order)
    return kept


def _rank(hit: Hit) -> tuple[int, bool, int]:
    return (-hit.words.bit_count(), hit.meaning.section != PLAIN, _TELLING.find(hit.meaning.mark))


def _order(hit: Hit) -> tuple[int, int, str]:
    return (hit.first, hit.last, hit.meaning.section)
