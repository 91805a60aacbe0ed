"""All phrases of a language in one trie, and what they find in a text in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import astuple
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


class Compiled(NamedTuple):
    """All that a book is made of, in plain values: what can be kept from one start to the next.

    ``gaps``: of each part; ``ends``: what the phrase means that ends with a part; ``steps``: what
    runs stand for; ``doubled``: words with a doubled letter.
    """

    gaps: list[int]
    ends: dict[int, tuple[str, str, str, str]]
    trie: tuple[dict[str, int], dict[int, int], bytes]
    steps: list[tuple[tuple[int, ...], frozenset[int], frozenset[int]]]
    doubled: frozenset[str]


def compile_entries(entries: Iterable[Entry]) -> Compiled:
    """Put phrases into one trie of their parts' runs."""
    gaps: list[int] = []
    ends: dict[int, tuple[str, str, str, str]] = {}
    doubled: set[str] = set()
    parts: dict[Run, list[tuple[int, bool]]] = {}
    for entry in dict.fromkeys(entries):
        for at, part in enumerate(entry.parts):
            for run in part.runs:
                parts.setdefault(run, []).append((len(gaps), at == 0))
                doubled.update(word.strip(STAR) for word in filter(_DOUBLED.search, run))
            gaps.append(part.gap)
        ends[len(gaps) - 1] = astuple(entry.meaning)
    meant: dict[_Steps, int] = {}
    runs = {
        run: meant.setdefault(_steps_of(found, ends), len(meant)) for run, found in parts.items()
    }
    steps = [(each.whole, each.begins, each.goes_on) for each in meant]
    return Compiled(gaps, ends, Trie.of(runs).parts(), steps, frozenset(doubled))


def _steps_of(found: Iterable[tuple[int, bool]], ends: Container[int]) -> _Steps:
    first = [part for part, is_first in found if is_first]
    return _Steps(
        tuple(part for part in first if part in ends),
        frozenset(part + 1 for part in first if part not in ends),
        frozenset(part for part, is_first in found if not is_first),
    )


class Book:
    """Every phrase of a language."""

    def __init__(self, compiled: Compiled) -> None:
        self._gaps = compiled.gaps
        self._ends = {part: Meaning(*meaning) for part, meaning in compiled.ends.items()}
        self._trie = Trie(*compiled.trie)
        self._steps = [_Steps(*steps) for steps in compiled.steps]
        self._folding = Folding(compiled.doubled)

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
