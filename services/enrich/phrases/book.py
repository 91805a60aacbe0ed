"""All phrases of a language in one trie, and what they find in a text in one pass."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from itertools import chain
from typing import NamedTuple

from .files import Entry, Meaning
from .folding import Folding
from .patterns import GAP
from .tokens import STOP, Tokens, WordSet, cut, words_between
from .trie import Branches, Run, Trie
from .vocabulary import STAR

PLAIN = "plain"
_NOTHING = -1
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
    awaits: Sequence[int]


class _Steps(NamedTuple):
    """What a run stands for, by the numbers of parts: a phrase's parts follow one another.

    It is all of ``whole`` phrases, a begun one of which the part in ``begins`` comes next, and one
    of the parts that ``goes_on``.
    """

    whole: tuple[int, ...]
    begins: tuple[int, ...]
    goes_on: tuple[int, ...]


class Compiled(NamedTuple):
    """All that a book is made of, in plain values: what can be kept from one start to the next.

    ``gaps``: of each part, a byte each; ``meanings``, and by part in ``ends`` the number of that
    which ends with it, -1 for none; ``bounds`` and ``parts``: the steps one after the other, three
    stretches of parts each; ``doubled``: words with a doubled letter.
    """

    gaps: bytes
    meanings: list[tuple[str, str, str, str]]
    ends: bytes
    numbers: dict[str, int]
    branches: tuple[bytes, ...]
    bounds: bytes
    parts: bytes
    doubled: frozenset[str]


def compile_entries(entries: Iterable[Entry]) -> Compiled:
    """Put phrases into one trie of their parts' runs."""
    gaps = bytearray()
    meanings: dict[Meaning, int] = {}
    ends = array("i")
    doubled: set[str] = set()
    parts: dict[Run, list[tuple[int, bool]]] = {}
    for entry in dict.fromkeys(entries):
        for at, part in enumerate(entry.parts):
            for run in part.runs:
                parts.setdefault(run, []).append((len(gaps), at == 0))
                doubled.update(word.strip(STAR) for word in filter(_DOUBLED.search, run))
            gaps.append(part.gap)
            ends.append(_NOTHING)
        ends[-1] = meanings.setdefault(entry.meaning, len(meanings))
    meant: dict[_Steps, int] = {}
    runs = {
        run: meant.setdefault(_steps_of(found, ends), len(meant)) for run, found in parts.items()
    }
    bounds, flat = array("i", [0]), array("i")
    for stretch in chain.from_iterable(meant):
        flat.extend(stretch)
        bounds.append(len(flat))
    numbers, branches = Trie.of(runs).parts()
    return Compiled(
        bytes(gaps),
        [astuple(meaning) for meaning in meanings],
        ends.tobytes(),
        numbers,
        tuple(branches),
        bounds.tobytes(),
        flat.tobytes(),
        frozenset(doubled),
    )


def _steps_of(found: Iterable[tuple[int, bool]], ends: Sequence[int]) -> _Steps:
    first = [part for part, is_first in found if is_first]
    return _Steps(
        tuple(part for part in first if ends[part] != _NOTHING),
        tuple(part + 1 for part in first if ends[part] == _NOTHING),
        tuple(part for part, is_first in found if not is_first),
    )


class Book:
    """Every phrase of a language."""

    def __init__(self, compiled: Compiled) -> None:
        self._gaps = compiled.gaps
        self._meanings = [Meaning(*meaning) for meaning in compiled.meanings]
        self._ends = array("i", compiled.ends)
        self._trie = Trie(compiled.numbers, Branches(*compiled.branches))
        self._bounds, self._parts = array("i", compiled.bounds), array("i", compiled.parts)
        self._folding = Folding(compiled.doubled)

    def __len__(self) -> int:
        return sum(end != _NOTHING for end in self._ends)

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: defaultdict[str, list[Hit]] = defaultdict(list)
        begun: list[_Begun] = []
        awaited: set[int] = set()
        bounds, parts, ends, meanings = self._bounds, self._parts, self._ends, self._meanings
        for meant, first, last in self._trie.find(tokens.words, tokens.before):
            start, begins, goes_on, end = bounds[3 * meant : 3 * meant + 4]
            words = words_between(first, last + 1)
            for part in parts[start:begins]:
                meaning = meanings[ends[part]]
                found[meaning.kind].append(Hit(meaning, first, last, words))
            if goes_on < end and (wanted := awaited.intersection(parts[goes_on:end])):
                for part, before in self._reached(begun, wanted, first, tokens):
                    together = before.words | words
                    if ends[part] != _NOTHING:
                        meaning = meanings[ends[part]]
                        found[meaning.kind].append(Hit(meaning, before.first, last, together))
                    else:
                        begun.append(_Begun(before.first, last, together, (part + 1,)))
                        awaited.add(part + 1)
            if begins < goes_on:
                awaits = parts[begins:goes_on]
                begun.append(_Begun(first, last, words, awaits))
                awaited.update(awaits)
        return {kind: longest(hits) for kind, hits in found.items()}

    def _reached(
        self, begun: list[_Begun], wanted: set[int], first: int, tokens: Tokens
    ) -> list[tuple[int, _Begun]]:
        """Return the parts at ``first`` that go on with something, each with the nearest such."""
        nearest: dict[int, _Begun] = {}
        for one in reversed(begun):  # they end in the order in which they stand here
            between = first - one.last - 1
            if between > GAP:
                break
            if between < 0 or not (awaited := wanted.intersection(one.awaits)):
                continue
            if max(tokens.before[one.last + 1 : first + 1]) >= STOP:
                break
            for part in awaited:
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
    over: defaultdict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        words = hit.words
        for longer in over[hit.first]:
            if not words & ~longer.words and (
                words != longer.words or longer.meaning.section == PLAIN
            ):
                break
        else:
            key = (hit.meaning.section, words)
            if key not in seen:
                seen.add(key)
                kept.append(hit)
                for word in range(hit.first, hit.last + 1):
                    over[word].append(hit)
    kept = [hit for hit in kept if hit.meaning.section != PLAIN]
    kept.sort(key=_order)
    return kept


def _rank(hit: Hit) -> tuple[int, bool, int]:
    return (-hit.words.bit_count(), hit.meaning.section != PLAIN, _TELLING.find(hit.meaning.mark))


def _order(hit: Hit) -> tuple[int, int, str]:
    return (hit.first, hit.last, hit.meaning.section)
