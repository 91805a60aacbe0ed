"""All phrases of a language in one automaton, and what they find in a text in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick

from .files import Entry, Meaning
from .folding import Folding
from .tokens import STOP, Tokens, cut

PLAIN = "plain"
_LONGEST = 1_024
"""No pattern has so many characters."""
_PARTS = 16
"""No phrase has so many parts."""
_DOUBLED = re.compile(r"(.)\1")


class Hit(NamedTuple):
    """A phrase in a text, from its ``first`` to its ``last`` word; ``words``: all but its gaps."""

    meaning: Meaning
    first: int
    last: int
    words: frozenset[int]


_Spans = tuple[tuple[int, int], ...]
_Begun = tuple[int, int, _Spans]
"""A phrase that is not whole yet: its first and last word so far, and those of each part."""


class _Step(NamedTuple):
    """A part of a phrase: ``key`` counts the parts of all phrases, ``_PARTS`` a phrase."""

    key: int
    gap: int
    is_first: bool
    is_last: bool


class Book:
    """Every phrase of a language."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._meanings: list[Meaning] = []
        known: set[str] = set()
        steps: dict[str, tuple[_Step, ...]] = {}
        for entry in dict.fromkeys(entries):
            phrase = len(self._meanings)
            self._meanings.append(entry.meaning)
            for at, part in enumerate(entry.parts):
                is_last = at == len(entry.parts) - 1
                step = (_Step(phrase * _PARTS + at, part.gap, at == 0, is_last),)
                for pattern in part.patterns:
                    steps[pattern] = steps[pattern] + step if pattern in steps else step
                    known.update(filter(_DOUBLED.search, pattern.split()))
        # The automaton keeps one number a pattern, not an object: what it means and how long it is.
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        meant: dict[tuple[_Step, ...], int] = {}
        for pattern, found in steps.items():
            number = meant.setdefault(found, len(meant)) * _LONGEST + len(pattern)
            self._automaton.add_word(
                pattern, 4 * number + 2 * (pattern[0] == " ") + (pattern[-1] == " ")
            )
        self._automaton.make_automaton()
        self._steps = list(meant)
        self._folding = Folding(known)

    def __len__(self) -> int:
        return len(self._meanings)

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: dict[str, list[Hit]] = {}
        begun: dict[int, list[_Begun]] = {}
        at, all_steps, meanings = tokens.at, self._steps, self._meanings
        for end, number in self._automaton.iter(tokens.joined):
            meant, length = divmod(number >> 2, _LONGEST)
            first = at[end - length + 1 + (number >> 1 & 1)]
            last = at[end - (number & 1)]
            here = ((first, last),)
            for key, gap, is_first, is_last in all_steps[meant]:
                if is_first:
                    start, spans = first, here
                else:
                    waiting = begun.get(key)
                    if waiting is None:
                        continue
                    before = _reach(waiting, first, gap, tokens)
                    if before is None:
                        continue
                    start, spans = before[0], before[2] + here
                if is_last:
                    meaning = meanings[key // _PARTS]
                    hit = Hit(meaning, start, last, _words(spans))
                    if meaning.kind in found:
                        found[meaning.kind].append(hit)
                    else:
                        found[meaning.kind] = [hit]
                elif key + 1 in begun:
                    begun[key + 1].append((start, last, spans))
                else:
                    begun[key + 1] = [(start, last, spans)]
        return {kind: longest(hits) for kind, hits in found.items()}


def _words(spans: _Spans) -> frozenset[int]:
    if len(spans) == 1:
        first, last = spans[0]
        return frozenset(range(first, last + 1))
    return frozenset(word for first, last in spans for word in range(first, last + 1))


def _reach(waiting: list[_Begun], first: int, gap: int, tokens: Tokens) -> _Begun | None:
    """Return the nearest begun phrase that a part at ``first`` goes on with."""
    for begun in reversed(waiting):
        between = first - begun[1] - 1
        if between > gap:
            return None
        if between >= 0:
            same_sentence = max(tokens.before[begun[1] + 1 : first + 1]) < STOP
            return begun if same_sentence else None
    return None


def longest(hits: list[Hit]) -> list[Hit]:
    """Leave out what lies inside the words of a longer phrase, or means nothing by [plain]."""
    if len(hits) == 1:
        return [] if hits[0].meaning.section == PLAIN else hits
    hits.sort(key=_rank)
    kept: list[Hit] = []
    seen: set[tuple[str, str, frozenset[int]]] = set()
    for hit in hits:
        words, size = hit.words, len(hit.words)
        for longer in kept:
            if words <= longer.words and (
                size < len(longer.words) or longer.meaning.section == PLAIN
            ):
                break
        else:
            key = (hit.meaning.section, hit.meaning.mark, words)
            if key not in seen:
                seen.add(key)
                kept.append(hit)
    kept = [hit for hit in kept if hit.meaning.section != PLAIN]
    kept.sort(key=_order)
    return kept


def _rank(hit: Hit) -> tuple[int, bool]:
    return (-len(hit.words), hit.meaning.section != PLAIN)


def _order(hit: Hit) -> tuple[int, int, str]:
    return (hit.first, hit.last, hit.meaning.section)
