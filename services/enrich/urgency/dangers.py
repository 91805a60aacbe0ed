"""Which danger a text tells of, if it is one here and now.

A phrase that tells by itself counts; a hint counts where something else near it says that it is
now and here, or all words around it do. Figures of speech, titles, what is told of works, of the
past and of elsewhere do not. A lone word of art or of an age ("Roman", "Goya") silences hints and
what a lone word tells, and where nothing says now what is told of people; of works not more, for
works are where leaks and thieves are. What was averted ("false alarm") is no danger in the whole
text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set

from ..clauses import NEAR, Clauses
from ..phrases import Hit, Tokens
from ..phrases.tokens import words_between
from .belief import Belief, Danger

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
        now = [words for _, words in self._now]
        self._belief = Belief(tokens, clauses, kind, alarm, now, self._figures, self._told)

    def first(self) -> Danger | None:
        """Return the first danger of the text, the surest first, or ``None``.

        Of those that share a word the longest says best what happened.
        """
        if self._averted:
            return None
        dangers = [hit for hit in self._hits if self._counts(hit)]
        if not dangers:
            # Where a phrase was passed over or something is told, more is known than words hint at.
            knows = self._surely_told or any(hit.meaning.section in ASPECTS for hit in self._hits)
            return None if knows else self._belief.without_phrase()
        first = min(dangers, key=lambda hit: (hit.meaning.mark != _SURE, hit.first))
        alike = [
            hit
            for hit in dangers
            if hit.meaning.mark == first.meaning.mark and hit.words & first.words
        ]
        best = max(alike, key=lambda hit: hit.words.bit_count())
        return self._belief.of(best, dangers)

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
        if mark == _SURE or self._belief.is_alarmed(hit):
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


def _tells(told: Hit) -> bool:
    """Whether a phrase for what is told silences a danger too that tells by itself."""
    return told.meaning.mark in (_SURE, _THROUGHOUT) or told.words.bit_count() > 1
