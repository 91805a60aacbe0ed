"""Whether the visit or the works are meant, clause by clause, and how each comes off.

A picture's sorrow is no visitor's complaint: what is said of the works never counts for the visit.
Where a side is not spoken of, or too little, its sentiment abstains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from schemas import Sentiment
from schemas.understanding import Subject

from .aspects import Found, Judgement, about, says_facts_alone
from .clauses import Clause, Clauses
from .phrases import Hit, Tokens

_VERDICT = 1.5
_DANGER = 4.0
_ASPECT = 1.0
_WORD = 0.8
_PULL = 0.1
_PULL_ALONE = 0.3
_MOST_PULL = 2.0
_LAST = 1.3
_STEEP = 1.6
_NEUTRAL = 1.0
_SAID = 0.65
_HINDERED = 0.8
_ENOUGH = 0.4
_WORDS_SHOWN = 8


class Say(NamedTuple):
    """Something said of the visit or the works: how strongly, by which words (if any)."""

    subject: Subject
    value: float
    clause: Clause
    hit: Hit | None = None


def judge_sides(
    tokens: Tokens,
    clauses: Clauses,
    cues: Sequence[Hit],
    found: Sequence[Found],
    judgements: Sequence[Judgement],
    model: str,
    danger: Hit | None = None,
    neutral: float = _NEUTRAL,
) -> dict[Subject, Sentiment]:
    """Return the sentiment about the visit and about the works. ``danger`` is a bad visit."""
    subjects = _subjects(clauses, cues, found, danger)
    only_works = bool(found) and all(about(item.aspect) == "work" for item in found)
    says = [
        Say(about(item.aspect), _ASPECT * item.sure * item.polarity, item.clause, item.hit)
        for item in found
        if item.polarity <= 0 or item.sure >= _SAID  # praise that is only guessed is none
    ]
    says += [
        Say("work" if only_works else word.side, _VERDICT * word.value, word.clause, word.hit)
        for word in judgements
        if word.side is not None
    ]
    says += [
        Say("visit", -_HINDERED, item.clause, item.hit)
        for item in found
        if item.aspect == "curation" and item.polarity < 0 and item.sure == 1
    ]
    if danger is not None:
        says.append(Say("visit", -_DANGER, clauses.of(danger.first), danger))
    with_aspects = {item.clause.number for item in found}
    for word in judgements:
        if word.side is not None or "elsewhere" in word.clause.cues:
            continue
        if word.clause.number not in with_aspects:
            says += [
                Say(side, _WORD * word.value, word.clause, word.hit)
                for side in subjects[word.clause.number]
            ]
    pulls: dict[Subject, float] = {"visit": 0.0, "work": 0.0}
    for clause, sides in zip(clauses.all, subjects, strict=True):
        for side in sides:
            if "elsewhere" not in clause.cues and not clause.question:
                pulls[side] += clause.weight * clause.pull / len(sides)
    if says_facts_alone(found) and not judgements:
        pulls = dict.fromkeys(pulls, 0.0)
    ironic = any("irony" in clause.cues for clause in clauses.all)
    spoken = {side for sides in subjects for side in sides}
    return {
        side: _side(
            tokens,
            _outspoken([say for say in says if say.subject == side], ironic),
            side in spoken or any(say.subject == side for say in says),
            pulls[side],
            model,
            neutral,
        )
        for side in ("visit", "work")
    }


def _subjects(
    clauses: Clauses, cues: Sequence[Hit], found: Sequence[Found], danger: Hit | None
) -> list[set[Subject]]:
    """Say of each clause what it is about; one that does not tell goes with those around it."""
    known: list[set[Subject]] = [set() for _ in clauses.all]
    for item in found:
        known[item.clause.number].add(about(item.aspect))
    for hit in cues:
        if hit.meaning.section == "visit":
            known[clauses.of(hit.first).number].add("visit")
        elif hit.meaning.section == "work":
            known[clauses.of(hit.first).number].add("work")
    if danger is not None:
        known[clauses.of(danger.first).number].add("visit")
    last: set[Subject] = set()
    for number, sides in enumerate(known):
        known[number] = last = sides or last
    following: set[Subject] = {"visit"}
    for number, sides in reversed(list(enumerate(known))):
        known[number] = following = sides or following
    return known


def _outspoken(says: Sequence[Say], ironic: bool) -> list[Say]:
    """Leave out guesses where something is said, and praise where irony stands beside blame."""
    if any(abs(say.value) >= _SAID for say in says):
        says = [say for say in says if abs(say.value) >= _SAID or not say.value]
    if ironic and any(say.value < 0 for say in says):
        says = [say for say in says if say.value <= 0]
    return list(says)


def _side(
    tokens: Tokens,
    says: Sequence[Say],
    spoken: bool,
    pull: float,
    model: str,
    neutral: float,
) -> Sentiment:
    ending = max((say.clause.sentence for say in says if say.value), default=0)
    weighed = [
        say.value * say.clause.weight * (_LAST if say.clause.sentence == ending else 1.0)
        for say in says
    ]
    strength = sum(abs(value) for value in weighed)
    pull = max(-_MOST_PULL, min(_MOST_PULL, pull))
    if strength:
        score = sum(weighed) / math.sqrt(max(strength, 1.0)) + _PULL * pull
    else:
        score = _PULL_ALONE * pull
    if not spoken or (not strength and abs(score) < _ENOUGH):
        return abstain(model)
    positive, middle, negative = (
        math.exp(_STEEP * score),
        math.exp(neutral),
        math.exp(-_STEEP * score),
    )
    total = positive + middle + negative
    evidence = [
        (tokens.starts[say.hit.first], tokens.ends[say.hit.last], round(value, 3))
        for say, value in zip(says, weighed, strict=True)
        if say.hit is not None and value
    ]
    return settle(negative / total, middle / total, positive / total, model, evidence)


def settle(
    negative: float,
    neutral: float,
    positive: float,
    model: str,
    evidence: Sequence[tuple[int, int, float]],
) -> Sentiment:
    """Make a sentiment of three shares, and of where words stand and what each weighs."""
    strongest = sorted(evidence, key=lambda item: -abs(item[2]))[:_WORDS_SHOWN]
    confidence, label = max((negative, "negative"), (neutral, "neutral"), (positive, "positive"))
    return Sentiment.model_validate(
        {
            "label": label,
            "p_negative": round(negative, 4),
            "p_neutral": round(neutral, 4),
            "p_positive": round(positive, 4),
            "confidence": round(confidence, 4),
            "abstained": False,
            "model": model,
            "evidence": [
                {"start": start, "end": end, "weight": weight}
                for start, end, weight in sorted(strongest, key=lambda item: item[:2])
            ],
        }
    )


@lru_cache(maxsize=8)
def abstain(model: str) -> Sentiment:
    """Say nothing of a side."""
    return Sentiment(
        label="neutral",
        p_negative=0.0,
        p_neutral=1.0,
        p_positive=0.0,
        confidence=0.0,
        abstained=True,
        model=model,
    )
