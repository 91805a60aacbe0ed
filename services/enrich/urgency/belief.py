"""How likely a danger is, by what the words around the phrase that tells of it hint at.

Where they speak against one, the phrase is not believed. And where no phrase tells or denies one
but words hint at it clearly, something has happened though no phrase says what.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..clauses import Clauses
from ..hints import alarm_near, most_alarming
from ..phrases import Hit, Meaning, Tokens
from ..phrases.tokens import WordSet, words_between

_CALM, _ALARMED = -3.0, 1.4
"""Log-odds of a danger under which no phrase is believed, and from which one is told without any:
of the posts that were not learned from, one danger in a hundred that a phrase tells lies under the
first, and five harmless posts in a thousand over the other (as ``hints.training`` says)."""
_PHRASE = 1.3
"""Log-odds that a phrase adds, so that what it tells is as often true as its confidence says."""
_SUPPORT = 1.5
"""Log-odds that a word of now adds, or a second danger, and that a lone word takes, or a figure of
speech or something that is only told nearby."""
_AROUND = 20
"""How many words before and behind a phrase are around it: the posts that hints were learned from
are short, and what else a long review praises does not put out a fire."""
_BRIEF, _DOUBT = 20, 0.15
"""Words that say enough, and the log-odds that each one less adds: few words cannot hint at
much."""


class Danger(NamedTuple):
    """A danger at the words that tell of it; ``confidence``: how likely it is one, 0 to 1."""

    hit: Hit
    confidence: float


class Belief:
    """What is believed of one text. ``kind``: post, review or comment; ``alarm``: by all its words;
    ``now`` and ``figures``: the words of such phrases; ``told``: sentences of what is only told.
    """

    def __init__(
        self,
        tokens: Tokens,
        clauses: Clauses,
        kind: str,
        alarm: float,
        now: Sequence[WordSet],
        figures: Sequence[WordSet],
        told: Collection[int],
    ) -> None:
        self._tokens = tokens
        self._clauses = clauses
        self._kind = kind
        self._alarm = alarm
        self._now = now
        self._figures = figures
        self._told = told

    def is_alarmed(self, hit: Hit) -> bool:
        """Whether the words around a phrase alarm by themselves."""
        return self._alarm_of(*self._around(hit.first, hit.last)) >= _ALARMED

    def of(self, hit: Hit, dangers: Sequence[Hit]) -> Danger | None:
        """Return the danger that a phrase tells, if it is believed, beside what others tell.

        In a long text, its sentence alone may say more than what is around it.
        """
        around = self._around(hit.first, hit.last)
        parts = [around] if self._is_all(*around) else [around, self._sentence_of(hit)]
        odds = max(self._odds(first, last, hit, dangers) for first, last in parts)
        return Danger(hit, _probability(odds + _PHRASE)) if odds >= _CALM else None

    def without_phrase(self) -> Danger | None:
        """Return the words that alarm most, where they do: they do not say of what."""
        size = len(self._tokens)
        parts = [self._around(middle, middle) for middle in range(_AROUND, size, _AROUND)]
        first, last = max(parts or [(0, size - 1)], key=lambda part: self._alarm_of(*part))
        if not size or (alarm := self._alarm_of(first, last)) < _ALARMED:
            return None
        begin, end = most_alarming(self._tokens, first, last)
        meaning = Meaning("urgency", "unclear", "!")
        hit = Hit(begin, end, meaning, words_between(begin, end + 1))
        return Danger(hit, _probability(alarm))

    def _odds(self, first: int, last: int, told: Hit, dangers: Sequence[Hit]) -> float:
        near = words_between(first, last + 1)
        sentences = range(self._clauses.of(first).sentence, self._clauses.of(last).sentence + 1)
        support = sum(
            (
                any(words & near for words in self._now),
                any(hit.words & near and not hit.words & told.words for hit in dangers),
                -(told.words.bit_count() == 1),
                -any(words & near for words in self._figures),
                -any(sentence in self._told for sentence in sentences),
            )
        )
        doubt = max(0, _BRIEF - (last - first + 1))
        return self._alarm_of(first, last) + _SUPPORT * support + _DOUBT * doubt

    def _around(self, first: int, last: int) -> tuple[int, int]:
        return max(0, first - _AROUND), min(len(self._tokens) - 1, last + _AROUND)

    def _sentence_of(self, hit: Hit) -> tuple[int, int]:
        sentence = self._clauses.of(hit.first).sentence
        clauses = [clause for clause in self._clauses.all if clause.sentence == sentence]
        return clauses[0].first, max(clauses[-1].last - 1, hit.last)

    def _is_all(self, first: int, last: int) -> bool:
        return last - first + 1 >= len(self._tokens)

    def _alarm_of(self, first: int, last: int) -> float:
        if self._is_all(first, last):
            return self._alarm
        return alarm_near(self._tokens, self._kind, first, last)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
