"""Words that judge what they stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from schemas.understanding import Subject

from ..clauses import Clause, Clauses
from ..phrases import Hit
from ..phrases.tokens import WordSet

OWN = {"-": -1, "+": 1}
"""Marks of phrases that judge by themselves."""
FACTS = frozenset({"opening_hours"})
"""Aspects that say by themselves neither good nor bad, whatever words they say it in."""


class Judgement(NamedTuple):
    """A word that judges what it stands beside, turned around where it is negated.

    ``side``: what it judges, where it says so by itself.
    """

    hit: Hit
    clause: Clause
    value: int
    side: Subject | None = None


def find_judgements(
    clauses: Clauses, cues: Sequence[Hit], aspects: Sequence[Hit]
) -> list[Judgement]:
    """Return the words that judge, but those that an aspect's own phrase has used up."""
    used: WordSet = 0
    for hit in aspects:
        if hit.meaning.mark in OWN or hit.meaning.section in FACTS:
            used |= hit.words
    judged = []
    for hit in cues:
        section = hit.meaning.section
        value = {"good": 1, "bad": -1}.get(section) or OWN.get(hit.meaning.mark, 0)
        if value and not used & hit.words:
            if clauses.turned(hit):
                value = -value
            side: Subject | None = (
                "visit" if section == "visit" else "work" if section == "work" else None
            )
            judged.append(Judgement(hit, clauses.of(hit.first), value, side))
    return judged
