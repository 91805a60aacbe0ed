"""Dangers to people, works or the property. It would rather call one too many than miss one.

A phrase that tells by itself counts; a hint counts where something in the same or a neighbouring
sentence says that it is now and here. Figures of speech, titles, what is told of works, of the
past and of elsewhere do not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..clauses import Clauses
from ..phrases import Hit, Tokens

_SURE, _HINT = "!", "?"
_ELSEWHERE = ("title", "elsewhere")


def find_danger(
    tokens: Tokens, clauses: Clauses, hits: Sequence[Hit], cues: Sequence[Hit]
) -> Hit | None:
    """Return the first danger that a text tells of, the surest first, or ``None``."""
    dangers = [hit for hit in hits if hit.meaning.mark in (_SURE, _HINT)]
    if not dangers:
        return None
    figures = [hit.words for hit in hits if hit.meaning.section == "figure"]
    told = {_sentence(clauses, hit) for hit in hits if hit.meaning.section == "told"}
    told |= {_sentence(clauses, hit) for hit in cues if hit.meaning.section in _ELSEWHERE}
    now = {_sentence(clauses, hit) for hit in hits if hit.meaning.section == "now"}
    counted = [
        hit
        for hit in dangers
        if not any(words & hit.words for words in figures)
        and not hit.words <= tokens.quoted
        and not clauses.turned(hit)
        and _counts(hit, _sentence(clauses, hit), told, now)
    ]
    return min(counted, key=lambda hit: (hit.meaning.mark != _SURE, hit.first), default=None)


def _counts(hit: Hit, sentence: int, told: set[int], now: set[int]) -> bool:
    if hit.meaning.mark == _SURE:
        return sentence not in told or sentence in now
    near = {sentence - 1, sentence, sentence + 1}
    return sentence not in told and not near.isdisjoint(now)


def _sentence(clauses: Clauses, hit: Hit) -> int:
    return clauses.of(hit.first).sentence
