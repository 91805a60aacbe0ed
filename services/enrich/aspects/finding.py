"""Which aspects a text speaks of, where, and what it says of each.

A phrase that judges by itself keeps its polarity unless negation turns it around. Any other one
takes that of the words around it: those that judge in its clause, then beside it, then the
verdicts on its side, then what the model makes of its clause and of the whole. Somebody who only
informs or asks judges nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, get_args

from schemas.understanding import Polarity, Subject

from ..clauses import NEAR, REACH, Clause, Clauses
from ..phrases import Hit
from ..phrases.tokens import WordSet
from ..urgency import ASPECTS
from .judgements import FACTS, OWN, Judgement

POLARITIES: dict[int, Polarity] = {-1: "negative", 0: "neutral", 1: "positive"}

_BURDENS = frozenset(
    "queue crowding noise heat cold closure discrimination danger damage theft lost_child "
    "lost_property".split()
)
"""Aspects whose absence is good; the absence of any other is bad."""
_DANGERS = frozenset(ASPECTS.values())
"""Aspects that only a negation right before them denies: "no guard when she fell" does not."""
_WORKS = frozenset("works exhibition curation building view".split())
_LIKED = _WORKS | frozenset(
    "event workshop tour_guide cafe families noise labels languages".split()
)
"""Aspects that people name more often because they liked them than for something wrong."""
_MISSED = frozenset(
    "queue tickets closure crowding heat cold transport toilets cloakroom wifi app signage seating "
    "discrimination other_visitors air_conditioning danger damage theft lost_child".split()
)
"""Aspects that people mostly name because something was wrong."""

_PLACES = frozenset("building works exhibition tickets families staff cafe shop".split())
"""Aspects that are often only named, as where or to whom something else happened."""
_STATED = FACTS | {"price", "tickets"}
_SIDES: tuple[Subject, ...] = get_args(Subject)
_SURE, _LIKELY, _GUESS = 1.0, 0.7, 0.4
_CLEAR_PULL = 0.8
_CLEAR_MARGIN = 0.15
_USUAL = 0.4


class Found(NamedTuple):
    """An aspect at its words, with its clause and polarity: -1, 0 or 1, and how sure that is."""

    hit: Hit
    clause: Clause
    polarity: int
    sure: float

    @property
    def aspect(self) -> str:
        """The aspect's name in the taxonomy."""
        return self.hit.meaning.section


def about(aspect: str) -> Subject:
    """Tell what an aspect is about: only what is on show is the works."""
    return "work" if aspect in _WORKS else "visit"


class AspectFinder:
    """Reads the aspects of one text. ``margin``: how far the model leans to positive, -1 to 1.

    ``informs``: the speaker tells facts, and judges only in so many words; ``asks``: the speaker
    has not been there, and judges only what went wrong before; ``endangered``: there is a danger.
    """

    def __init__(
        self,
        clauses: Clauses,
        aspects: Sequence[Hit],
        judgements: Sequence[Judgement],
        margin: float,
        informs: bool = False,
        asks: bool = False,
        endangered: bool = False,
    ) -> None:
        self._clauses = clauses
        self._aspects = _without_days(aspects)
        self._verdicts = dict.fromkeys(_SIDES, 0)
        self._judging: defaultdict[int, list[Judgement]] = defaultdict(list)
        for word in judgements:
            self._judging[word.clause.number].append(word)
            if word.side is not None:
                self._verdicts[word.side] += word.value
        self._margin = margin
        self._informs = informs
        self._asks = asks or endangered
        self._endangered = endangered
        self._spoken = {clauses.of(hit.first).number for hit in self._aspects}

    def find(self) -> list[Found]:
        """Return what the text says of each aspect, in order."""
        found = []
        for hit in self._aspects:
            clause = self._clauses.of(hit.first)
            polarity, sure = self._judge(hit, clause)
            found.append(Found(hit, clause, polarity, sure))
        judged = {item.clause.number for item in found if item.sure == _SURE and item.polarity}
        return [item for item in found if not self._in_passing(item, judged)]

    def of_danger(self, aspect: str, danger: Hit) -> Found:
        """Return the aspect that a danger is, where no phrase of its own names it."""
        hit = danger._replace(meaning=danger.meaning._replace(section=aspect))
        return Found(hit, self._clauses.of(hit.first), -1, _SURE)

    def _in_passing(self, item: Found, judged: set[int]) -> bool:
        """Whether something is only named where another thing is judged."""
        return item.sure == _GUESS and item.aspect in _PLACES and item.clause.number in judged

    def _judge(self, hit: Hit, clause: Clause) -> tuple[int, float]:
        own = OWN.get(hit.meaning.mark, 0)
        asks = self._asks or clause.question or "wish" in clause.cues
        if own and self._endangered and hit.meaning.section in _DANGERS:
            return -1, _SURE
        if own:
            if (self._informs or (asks and own > 0)) and not self._beside(hit, clause):
                return 0, _SURE
            reach = NEAR if hit.meaning.section in _DANGERS else REACH
            return (-own if self._clauses.turned(hit, reach) else own), _SURE
        if clause.question or "elsewhere" in clause.cues:
            return 0, _SURE
        if beside := self._beside(hit, clause):
            return beside, _SURE
        if asks or self._informs or hit.meaning.section in FACTS:
            return 0, _SURE
        if self._clauses.turned(hit, NEAR):
            return (1 if hit.meaning.section in _BURDENS else -1), _SURE
        for neighbour in self._neighbours(clause):
            if beside := self._beside(hit, neighbour):
                return beside, _LIKELY
        if verdict := self._verdicts[about(hit.meaning.section)]:
            return (1 if verdict > 0 else -1), _LIKELY
        if abs(clause.pull) >= _CLEAR_PULL:
            return (1 if clause.pull > 0 else -1), _GUESS
        usual = (hit.meaning.section in _LIKED) - (hit.meaning.section in _MISSED)
        lean = usual * _USUAL + self._margin
        return (0 if abs(lean) < _CLEAR_MARGIN else 1 if lean > 0 else -1), _GUESS

    def _beside(self, hit: Hit, clause: Clause) -> int:
        """Return what the nearest judging word of a clause says; of two as near, the later."""
        side = about(hit.meaning.section)
        words = [
            word
            for word in self._judging.get(clause.number, ())
            if word.side in (None, side) and word.hit is not hit
        ]
        if not words:
            return 0
        return min(words, key=lambda word: (_distance(hit, word.hit), -word.hit.first)).value

    def _neighbours(self, clause: Clause) -> list[Clause]:
        """The clauses beside one that name no aspect: what follows, then what went before."""
        clauses = self._clauses.all
        at = clause.number
        near = [clauses[index] for index in (at + 1, at - 1, at + 2) if 0 <= index < len(clauses)]
        return [
            other
            for other in near
            if other.number not in self._spoken and abs(other.sentence - clause.sentence) <= 1
        ]


def _without_days(aspects: Sequence[Hit]) -> list[Hit]:
    """Leave out closures that are opening hours: "closed on Mondays"."""
    hours: WordSet = 0
    for hit in aspects:
        if hit.meaning.section in FACTS:
            hours |= hit.words
    return [hit for hit in aspects if hit.meaning.section != "closure" or not hit.words & hours]


def says_facts_alone(found: Sequence[Found]) -> bool:
    """Whether a text names hours and prices, and calls none of them good or bad."""
    facts = any(item.aspect in FACTS for item in found)
    return facts and all(item.aspect in _STATED and not item.polarity for item in found)


def _distance(one: Hit, other: Hit) -> int:
    return max(one.first - other.last, other.first - one.last, 0)
