"""Which danger a text tells of, if it is one here and now.

A phrase that tells by itself counts; a hint counts where something else near it says that it is
now and here. Figures of speech, titles, what is told of works, of the past and of elsewhere do not.
A lone word of art or of an age ("Roman", "Goya") silences hints and what a lone word tells, and
where nothing says now what is told of people; of works not more, for works are where leaks and
thieves are. What was averted ("false alarm") is no danger in the whole text.

All words of a text together hint at a danger too: where they hint at none, no phrase tells of one,
and where they hint at one clearly, something has happened though no phrase says what.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from ..clauses import NEAR, Clauses
from ..hints import most_alarming
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
first, and five harmless posts in a thousand over the other (``hints.training`` tells that)."""
_PHRASE = 1.3
"""Log-odds that a phrase adds, so that what it tells is as often true as its confidence says."""
_SUPPORT = 1.5
"""Log-odds that a word of now adds, or a second danger, and that a lone word takes, or a figure of
speech or something that is only told, wherever in the text."""
_BRIEF, _DOUBT = 20, 0.15
"""Words of a text that says enough of itself, and the log-odds that each one less adds: few words
cannot hint at much."""


class Danger(NamedTuple):
    """A danger at the words that tell of it; ``confidence``: how likely it is one, 0 to 1."""

    hit: Hit
    confidence: float


class Dangers:
    """The dangers of one text. ``alarm``: the log-odds of one, by all its words."""

    def __init__(
        self,
        tokens: Tokens,
        clauses: Clauses,
        hits: Sequence[Hit],
        cues: Sequence[Hit],
        alarm: float,
    ) -> None:
        self._tokens = tokens
        self._clauses = clauses
        self._hits = hits
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
            return self._unclear() if self._alarm >= _ALARMED else None
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
        """Return how likely a danger is by all words, but the phrase that tells of it."""
        another = any(not hit.words & best.words for hit in dangers)
        support = bool(self._now) + another
        support -= (best.words.bit_count() == 1) + bool(self._figures) + bool(self._told)
        doubt = max(0, _BRIEF - len(self._tokens.words))
        return self._alarm + _SUPPORT * support + _DOUBT * doubt

    def _unclear(self) -> Danger:
        """Return the words that alarm most, which do not say of what."""
        first, last = most_alarming(self._tokens)
        meaning = Meaning("urgency", "unclear", _SURE)
        hit = Hit(first, last, meaning, words_between(first, last + 1))
        return Danger(hit, _probability(self._alarm))

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
        return mark == _SURE or any(
            abs(now - sentence) <= 1 and words & ~hit.words for now, words in self._now
        )

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
