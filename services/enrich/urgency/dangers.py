"""Which danger a text tells of, if it is one here and now.

A phrase that tells by itself counts; a hint counts where something near it says that it is now
and here. Figures of speech, titles, what is told of works, of the past and of elsewhere do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..clauses import Clauses
from ..phrases import Hit, Tokens
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
}
"""The aspect that each kind of danger is."""

_SURE, _HINT = "!", "?"
_ELSEWHERE = ("title", "elsewhere")
_NEAR = 2
"""How many words on a negation denies a danger: in "no guard when a man fell" it does not."""


class Dangers:
    """The dangers of one text."""

    def __init__(
        self, tokens: Tokens, clauses: Clauses, hits: Sequence[Hit], cues: Sequence[Hit]
    ) -> None:
        self._tokens = tokens
        self._clauses = clauses
        self._hits = hits
        self._figures = [hit.words for hit in hits if hit.meaning.section == "figure"]
        self._told = self._sentences(hits, ("told",)) | self._sentences(cues, _ELSEWHERE)
        self._now = self._sentences(hits, ("now",))

    def first(self) -> Hit | None:
        """Return the first danger of the text, the surest first, or ``None``."""
        dangers = [hit for hit in self._hits if self._counts(hit)]
        return min(dangers, key=lambda hit: (hit.meaning.mark != _SURE, hit.first), default=None)

    def is_told(self, hit: Hit) -> bool:
        """Whether a phrase is a figure of speech, in a title, or told of elsewhere."""
        return (
            self._is_figure(hit)
            or not hit.words & ~self._tokens.quoted
            or self._sentence(hit) in self._told
        )

    def _counts(self, hit: Hit) -> bool:
        mark, sentence = hit.meaning.mark, self._sentence(hit)
        if mark not in (_SURE, _HINT) or self._clauses.turned(hit, _NEAR):
            return False
        if mark == _SURE and sentence in self._told and sentence in self._now:
            return not self._is_figure(hit)
        if self.is_told(hit):
            return False
        near = {sentence - 1, sentence, sentence + 1}
        return mark == _SURE or not near.isdisjoint(self._now)

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

    def _sentences(self, hits: Sequence[Hit], sections: Sequence[str]) -> set[int]:
        return {self._sentence(hit) for hit in hits if hit.meaning.section in sections}

    def _sentence(self, hit: Hit) -> int:
        return self._clauses.of(hit.first).sentence
