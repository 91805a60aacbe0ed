"""All phrases of a language in one automaton, and what they find in a text in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick

from .files import Entry, Meaning
from .folding import Folding
from .tokens import STOP, Tokens, cut

PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase in a text, from its ``first`` to its ``last`` word; ``words``: all but its gaps."""

    meaning: Meaning
    first: int
    last: int
    words: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of a phrase: which phrase, which of its parts, and how it stands in the text."""

    phrase: int
    part: int
    is_last: bool
    gap: int


class Book:
    """Every phrase of one or more languages."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._automaton = ahocorasick.Automaton()
        self._meanings: list[Meaning] = []
        known: set[str] = set()
        steps: dict[str, list[_Step]] = defaultdict(list)
        for entry in dict.fromkeys(entries):
            phrase = len(self._meanings)
            self._meanings.append(entry.meaning)
            for at, part in enumerate(entry.parts):
                step = _Step(phrase, at, at == len(entry.parts) - 1, part.gap)
                for pattern in part.patterns:
                    steps[pattern].append(step)
                    known.update(pattern.split())
        for pattern, found in steps.items():
            value = (len(pattern), pattern[0] == " ", pattern[-1] == " ", tuple(found))
            self._automaton.add_word(pattern, value)
        self._automaton.make_automaton()
        self._folding = Folding(known)

    def __len__(self) -> int:
        return len(self._meanings)

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: dict[str, list[Hit]] = {}
        open_parts: dict[tuple[int, int], list[tuple[int, int, frozenset[int]]]] = {}
        at = tokens.at
        meanings = self._meanings
        for end, (length, from_blank, to_blank, steps) in self._automaton.iter(tokens.joined):
            first = at[end - length + 1 + from_blank]
            last = at[end - to_blank]
            for step in steps:
                words = frozenset((first,)) if first == last else frozenset(range(first, last + 1))
                start = first
                if step.part:
                    before = _reach(open_parts.get((step.phrase, step.part)), first, step.gap)
                    if before is None or not _one_sentence(tokens, before[1], first):
                        continue
                    start, words = before[0], before[2] | words
                if step.is_last:
                    meaning = meanings[step.phrase]
                    found.setdefault(meaning.kind, []).append(Hit(meaning, start, last, words))
                else:
                    key = (step.phrase, step.part + 1)
                    open_parts.setdefault(key, []).append((start, last, words))
        return {kind: _longest(hits) for kind, hits in found.items()}


def _reach(
    open_parts: list[tuple[int, int, frozenset[int]]] | None, first: int, gap: int
) -> tuple[int, int, frozenset[int]] | None:
    """Return the nearest open part that a part beginning at ``first`` goes on with."""
    for before in reversed(open_parts or ()):
        between = first - before[1] - 1
        if 0 <= between <= gap:
            return before
        if between > gap:
            return None
    return None


def _one_sentence(tokens: Tokens, last: int, first: int) -> bool:
    return max(tokens.before[last + 1 : first + 1]) < STOP


def _longest(hits: list[Hit]) -> list[Hit]:
    """Leave out what lies inside the words of a longer phrase, or means nothing by [plain]."""
    if len(hits) == 1:
        return [] if hits[0].meaning.section == PLAIN else hits
    ranked = sorted(hits, key=lambda hit: (-len(hit.words), hit.meaning.section != PLAIN))
    kept: list[Hit] = []
    for hit in ranked:
        for longer in kept:
            if hit.words <= longer.words and (
                len(hit.words) < len(longer.words) or longer.meaning.section == PLAIN
            ):
                break
        else:
            kept.append(hit)
    seen: dict[tuple[str, str, frozenset[int]], Hit] = {}
    for hit in kept:
        if hit.meaning.section != PLAIN:
            seen.setdefault((hit.meaning.section, hit.meaning.mark, hit.words), hit)
    return sorted(seen.values(), key=lambda hit: (hit.first, hit.last, hit.meaning.section))
