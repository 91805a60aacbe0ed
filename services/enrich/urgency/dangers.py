"""Which danger a text tells of, if it is one here and now.

A phrase that tells by itself counts; a hint counts where something else near it says that it is
now and here, or all words around it do. Figures of speech, titles, what is told of works, of the
past and of elsewhere do not. A lone word of art or of an age ("Roman", "Goya") silences hints and
what a lone word tells, and where nothing says now what is told of people; of works not more, for
works are where leaks and thieves are. What was averted ("false alarm") is no danger in the whole
text.

The words around a phrase hint at a danger too: where they speak against one, the phrase is not
believed. And where no phrase tells or denies one but the words hint at it clearly, something has
happened though no phrase says what.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from ..clauses import NEAR, Clauses
from ..hints import alarm_near, most_alarming
from ..phrases import Hit, Meaning, Tokens
from ..phrases.tokens import words_between

ASPECTS: Mapping[str, str] = {
    "fire": "danger",
    "injury": "danger",
    "attack": "danger",
    "harassment": "danger",
    "lost_child": "lost_child",
    "leak": "damage",
    "vandalism": "damage",
    "theft": "theft",
    "unclear": "danger",
}
"""The aspect that each kind of danger is."""

_SURE = "!"
_THROUGHOUT = "="
_ELSEWHERE = ("title", "elsewhere")
_TOLD = 2
"""So many lone words of what is told silence a danger that tells by itself."""
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


class Dangers:
    """The dangers of one text. ``kind``: post, review or comment; ``alarm``: by all its words."""

    def __init__(
        self,
        tokens: Tokens,
        clauses: Clauses,
        hits: Sequence[Hit],
        cues: Sequence[Hit],
        kind: str,
        alarm: float,
    ) -> None:
        self._tokens = tokens
        self._clauses = clauses
        self._hits = hits
        self._kind = kind
        self._alarm = alarm
        self._figures = [hit.words for hit in hits if hit.meaning.section == "figure"]
        elsewhere = {self._sentence(hit) for hit in cues if hit.meaning.section in _ELSEWHERE}
        tales = [
            hit for hit in hits if hit.meaning.section == "told" and not clauses.turned(hit, NEAR)
        ]
        told: defaultdict[int, int] = defaultdict(int)
        for hit in tales:
            told[self._sentence(hit)] += _TOLD if _tells(hit) else 1
        self._now = [
            (self._sentence(hit), hit.words) for hit in hits if hit.meaning.section == "now"
        ]
        self._told = elsewhere | told.keys()
        self._surely_told = elsewhere | {each for each, words in told.items() if words >= _TOLD}
        self._averted = any(hit.meaning.mark == _THROUGHOUT for hit in tales)
        self._drilled = {self._sentence(hit) for hit in tales if hit.meaning.mark == _SURE}

    def first(self) -> Danger | None:
        """Return the first danger of the text, the surest first, or ``None``.

        Of those that share a word the longest says best what happened.
        """
        if self._averted:
            return None
        dangers = [hit for hit in self._hits if self._counts(hit)]
        if not dangers:
            return self._unclear()
        first = min(dangers, key=lambda hit: (hit.meaning.mark != _SURE, hit.first))
        alike = [
            hit
            for hit in dangers
            if hit.meaning.mark == first.meaning.mark and hit.words & first.words
        ]
        best = max(alike, key=lambda hit: hit.words.bit_count())
        odds = self._odds(best, dangers)
        return Danger(best, _probability(odds + _PHRASE)) if odds >= _CALM else None

    def _odds(self, best: Hit, dangers: Sequence[Hit]) -> float:
        """Return how likely a danger is by what stands around the phrase that tells of it.

        In a long text, its sentence alone may say more.
        """
        around = self._around(best.first, best.last)
        parts = {around, around if self._is_all(*around) else self._sentence_bounds(best)}
        return max(self._odds_in(first, last, best, dangers) for first, last in parts)

    def _odds_in(self, first: int, last: int, best: Hit, dangers: Sequence[Hit]) -> float:
        near = words_between(first, last + 1)
        sentences = range(self._clauses.of(first).sentence, self._clauses.of(last).sentence + 1)
        support = sum(
            (
                any(words & near for _, words in self._now),
                any(hit.words & near and not hit.words & best.words for hit in dangers),
                -(best.words.bit_count() == 1),
                -any(words & near for words in self._figures),
                -any(sentence in self._told for sentence in sentences),
            )
        )
        doubt = max(0, _BRIEF - (last - first + 1))
        return self._alarm_of(first, last) + _SUPPORT * support + _DOUBT * doubt

    def _unclear(self) -> Danger | None:
        """Return the words that alarm most, which do not say of what.

        Where a phrase was passed over or something is only told, more is known than words hint at.
        """
        if self._surely_told or any(hit.meaning.section in ASPECTS for hit in self._hits):
            return None
        size = len(self._tokens)
        parts = [self._around(middle, middle) for middle in range(_AROUND, size, _AROUND)]
        first, last = max(parts or [(0, size - 1)], key=lambda part: self._alarm_of(*part))
        if not size or (alarm := self._alarm_of(first, last)) < _ALARMED:
            return None
        begin, end = most_alarming(self._tokens, first, last)
        meaning = Meaning("urgency", "unclear", _SURE)
        hit = Hit(begin, end, meaning, words_between(begin, end + 1))
        return Danger(hit, _probability(alarm))

    def _around(self, first: int, last: int) -> tuple[int, int]:
        return max(0, first - _AROUND), min(len(self._tokens) - 1, last + _AROUND)

    def _sentence_bounds(self, hit: Hit) -> tuple[int, int]:
        sentence = self._sentence(hit)
        clauses = [clause for clause in self._clauses.all if clause.sentence == sentence]
        return clauses[0].first, max(clauses[-1].last - 1, hit.last)

    def _is_all(self, first: int, last: int) -> bool:
        return last - first + 1 >= len(self._tokens)

    def _alarm_of(self, first: int, last: int) -> float:
        if self._is_all(first, last):
            return self._alarm
        return alarm_near(self._tokens, self._kind, first, last)

    def is_told(self, hit: Hit) -> bool:
        """Whether a phrase is a figure of speech, in a title, or told of elsewhere."""
        return self._is_told(hit, self._told)

    def _counts(self, hit: Hit) -> bool:
        mark, sentence = hit.meaning.mark, self._sentence(hit)
        if hit.meaning.section not in ASPECTS or self._clauses.turned(hit, NEAR):
            return False
        if sentence in self._drilled:
            return False
        lone = hit.words.bit_count() == 1
        of_people = not self._now and ASPECTS[hit.meaning.section] == "danger"
        told = self._told if mark != _SURE or lone or of_people else self._surely_told
        if mark == _SURE and sentence in told and any(sentence == now for now, _ in self._now):
            return not self._is_figure(hit)
        if self._is_told(hit, told):
            return False
        if mark == _SURE or self._alarm_of(*self._around(hit.first, hit.last)) >= _ALARMED:
            return True
        return any(abs(now - sentence) <= 1 and words & ~hit.words for now, words in self._now)

    def _is_told(self, hit: Hit, told: Set[int]) -> bool:
        return (
            self._is_figure(hit)
            or not hit.words & ~self._tokens.quoted
            or self._sentence(hit) in told
        )

    def _is_figure(self, hit: Hit) -> bool:
        """Whether a figure of speech is said with it.

        What lies within a longer danger or goes on from it is none: "lost in" of a lost son.
        """
        others = words_between(0, hit.last + 1) & ~hit.words
        length = hit.words.bit_count()
        return any(
            words & hit.words and (words & others or words.bit_count() >= length)
            for words in self._figures
        )

    def _sentence(self, hit: Hit) -> int:
        return self._clauses.of(hit.first).sentence


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _tells(told: Hit) -> bool:
    """Whether a phrase for what is told silences a danger too that tells by itself."""
    return told.meaning.mark in (_SURE, _THROUGHOUT) or told.words.bit_count() > 1
