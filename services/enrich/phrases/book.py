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
_DOUBLED = re.compile(r"(.)\1")


class Hit(NamedTuple):
    """A phrase in a text, from its ``first`` to its ``last`` word; ``words``: all but its gaps."""

    meaning: Meaning
    first: int
    last: int
    words: frozenset[int]


_Spans = tuple[tuple[int, int], ...]


class _Begun(NamedTuple):
    """What may be phrases that are not whole yet: first and last word so far, those of each part.

    ``awaits``: the parts that may come next, of one phrase each.
    """

    first: int
    last: int
    spans: _Spans
    awaits: tuple[int, ...]


class _Steps(NamedTuple):
    """What a pattern stands for, by the numbers of parts: a phrase's parts follow one another.

    It is all of ``whole`` phrases, a begun one of which the part in ``begins`` comes next, and one
    of the parts that ``goes_on``.
    """

    whole: tuple[int, ...]
    begins: tuple[int, ...]
    goes_on: tuple[int, ...]


class Book:
    """Every phrase of a language."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._gaps: list[int] = []
        self._ends: dict[int, Meaning] = {}
        known: set[str] = set()
        parts: dict[str, list[tuple[int, bool]]] = {}
        for entry in dict.fromkeys(entries):
            for at, part in enumerate(entry.parts):
                for pattern in part.patterns:
                    parts.setdefault(pattern, []).append((len(self._gaps), at == 0))
                    known.update(filter(_DOUBLED.search, pattern.split()))
                self._gaps.append(part.gap)
            self._ends[len(self._gaps) - 1] = entry.meaning
        # The automaton keeps one number a pattern, not an object: what it means and how long it is.
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        meant: dict[_Steps, int] = {}
        for pattern, found in parts.items():
            number = meant.setdefault(self._steps_of(found), len(meant)) * _LONGEST + len(pattern)
            self._automaton.add_word(
                pattern, 4 * number + 2 * (pattern[0] == " ") + (pattern[-1] == " ")
            )
        self._automaton.make_automaton()
        self._steps = list(meant)
        self._folding = Folding(known)

    def _steps_of(self, found: Iterable[tuple[int, bool]]) -> _Steps:
        first = [part for part, is_first in found if is_first]
        return _Steps(
            tuple(part for part in first if part in self._ends),
            tuple(part + 1 for part in first if part not in self._ends),
            tuple(part for part, is_first in found if not is_first),
        )

    def __len__(self) -> int:
        return len(self._ends)

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: dict[str, list[Hit]] = {}
        begun: list[_Begun] = []
        awaited: set[int] = set()
        at, all_steps, ends = tokens.at, self._steps, self._ends
        for end, number in self._automaton.iter(tokens.joined):
            meant, length = divmod(number >> 2, _LONGEST)
            whole, begins, goes_on = all_steps[meant]
            first = at[end - length + 1 + (number >> 1 & 1)]
            last = at[end - (number & 1)]
            here = ((first, last),)
            for part in whole:
                _add(found, ends[part], first, last, here)
            if awaited and not awaited.isdisjoint(goes_on):
                for part in sorted(awaited.intersection(goes_on)):
                    before = _reach(begun, part, first, self._gaps[part], tokens)
                    if before is None:
                        continue
                    spans = before.spans + here
                    if part in ends:
                        _add(found, ends[part], before.first, last, spans)
                    else:
                        begun.append(_Begun(before.first, last, spans, (part + 1,)))
                        awaited.add(part + 1)
            if begins:
                begun.append(_Begun(first, last, here, begins))
                awaited.update(begins)
        return {kind: longest(hits) for kind, hits in found.items()}


def _add(
    found: dict[str, list[Hit]], meaning: Meaning, first: int, last: int, spans: _Spans
) -> None:
    hit = Hit(meaning, first, last, _words(spans))
    if meaning.kind in found:
        found[meaning.kind].append(hit)
    else:
        found[meaning.kind] = [hit]


def _words(spans: _Spans) -> frozenset[int]:
    if len(spans) == 1:
        first, last = spans[0]
        return frozenset(range(first, last + 1))
    return frozenset(word for first, last in spans for word in range(first, last + 1))


def _reach(begun: list[_Begun], part: int, first: int, gap: int, tokens: Tokens) -> _Begun | None:
    """Return the nearest begun phrase that a part at ``first`` goes on with."""
    for one in reversed(begun):
        if part not in one.awaits:
            continue
        between = first - one.last - 1
        if between > gap:
            return None
        if between >= 0:
            same_sentence = max(tokens.before[one.last + 1 : first + 1]) < STOP
            return one if same_sentence else None
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
