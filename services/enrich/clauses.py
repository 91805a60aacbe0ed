"""Cuts a text into clauses, each judged by itself, and weighs what is said by where it is said.

Pauses, ends of sentences and words such as "but" or "although" begin a clause.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .phrases import Hit, Tokens
from .phrases.tokens import COMMA, QUESTION, STOP, WordSet, words_between
from .reading import Pull

REACH = 4
"""How many words on a negation turns around what is said."""
NEAR = 2
"""How many words on it denies a danger: in "no guard when a man fell" it does not."""

_STRESSED, _CONCEDED, _PLAIN = 2.0, 0.5, 1.0
_JUDGING = ("good", "bad")
_STARTS = {"contrast": _STRESSED, "concession": _CONCEDED}


@dataclass(slots=True)
class Clause:
    """Words from ``first`` to before ``last``, in a sentence of that number.

    ``number``: its place among the clauses; ``weight``: how much what it says counts; ``cues``: the
    sections of cues that stand in it; ``pull``: where the model's words pull it; ``question``: it
    asks.
    """

    first: int
    last: int
    sentence: int
    number: int
    weight: float = _PLAIN
    question: bool = False
    cues: set[str] = field(default_factory=set)
    pull: float = 0.0


class Clauses:
    """The clauses of a text, with the words that turn and weigh."""

    def __init__(self, tokens: Tokens, cues: Sequence[Hit]) -> None:
        self.all = _cut(tokens, cues)
        self._owners = [
            clause for clause in self.all for _ in range(clause.first, max(clause.last, 1))
        ]
        self._tokens = tokens
        self._negations: WordSet = 0
        self._spent: list[tuple[int, WordSet]] = []
        self._turned: WordSet = 0
        for hit in cues:
            self.of(hit.first).cues.add(hit.meaning.section)
            if hit.meaning.section == "negation":
                self._negations |= words_between(hit.last, hit.last + 1)
        for hit in cues if self._negations else ():
            if hit.meaning.section in _JUDGING and self._negated(hit, REACH):
                self._turned |= hit.words

    def of(self, word: int) -> Clause:
        """Return the clause of a word."""
        return self._owners[word]

    def spend(self, hits: Iterable[Hit]) -> None:
        """Use up the negations within some phrases: "no queue and lovely staff" is all praise."""
        for hit in hits:
            if words := hit.words & self._negations:
                self._spent.append((hit.last, words))

    def turned(self, hit: Hit, reach: int = REACH) -> bool:
        """Whether a negation before a phrase, or before what judges in it, turns it around.

        None turns an emoji.
        """
        if not self._negations or self._negations & hit.words:
            return False
        if not self._tokens.words[hit.first][0].isalnum():
            return False
        return self._negated(hit, reach) or self._negated_within(hit)

    def _negated(self, hit: Hit, reach: int) -> bool:
        nearest = max(self.of(hit.first).first, hit.first - reach - 1)
        negations = self._negations & words_between(nearest, hit.first)
        for last, words in self._spent if negations else ():
            if last < hit.first:
                negations &= ~words
        return bool(negations)

    def _negated_within(self, hit: Hit) -> bool:
        """Whether one stands in a gap, before a judging word: "toilets (were not) clean"."""
        gaps = words_between(hit.first, hit.last + 1) & ~hit.words
        judging = hit.words & ~words_between(hit.first, hit.first + 1)
        return bool(self._negations & gaps and self._turned & judging)

    def weigh(self, pulls: Sequence[Pull], left_out: Iterable[Hit]) -> None:
        """Add up the model's pulls by clause, without the words of some phrases."""
        starts = self._tokens.starts
        if not starts:
            return
        silent = {starts[number] for hit in left_out for number in hit.numbers()}
        bounds = [starts[clause.first] for clause in self.all]
        for start, _, weight in pulls:
            if start >= bounds[0] and start not in silent:
                self.all[bisect_right(bounds, start) - 1].pull += weight


def _cut(tokens: Tokens, cues: Sequence[Hit]) -> list[Clause]:
    begins = {hit.first: hit.meaning.section for hit in cues if hit.meaning.section in _STARTS}
    clauses = [Clause(0, len(tokens), 0, 0)]
    sentence = 0
    pauses = [word for word, seen in enumerate(tokens.before) if seen >= COMMA and word]
    for word in sorted({*pauses, *begins}) if begins else pauses:
        seen = tokens.before[word]
        if word:
            clauses[-1].last = word
            if seen >= STOP:
                _close(clauses, sentence, seen)
                sentence += 1
            clauses.append(Clause(word, len(tokens), sentence, len(clauses)))
        if cue := begins.get(word):
            clauses[-1].weight = _STARTS[cue]
        elif seen < STOP:
            # What follows a pause goes on with the stress of the clause before it.
            clauses[-1].weight = max(clauses[-2].weight, _PLAIN)
    _close(clauses, sentence, tokens.end)
    return clauses


def _close(clauses: list[Clause], sentence: int, end: int) -> None:
    for clause in reversed(clauses):
        if clause.sentence != sentence:
            break
        clause.question = end == QUESTION
