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
from .hints import Leaning, hinting
from .phrases import Hit, Tokens

_VERDICT = 1.5
_DANGER = 4.0
_ASPECT = 1.0
_WORD = 0.8
_PULL = 0.1
_PULL_ALONE = 0.3
_MOST_PULL = 2.0
_WHOLE_ALONE = 0.5
_LAST = 1.3
_STEEP = 1.6
_NEUTRAL = 1.0
_SAID = 0.65
_HINDERED = 0.8
_ENOUGH = 0.25
_UNSAID = math.log(8)
"""What hints have to outweigh where nothing is said: neither is eight times as likely."""
_HINTED = 0.15
_UNSURE = 0.5
"""How sure a guess is, where nothing is plainly said: half, so that it alone calls nobody."""
_UNHINTED = Leaning(0.0, 0.0)
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
    margin: float,
    model: str,
    leaning: Leaning,
    danger: Hit | None = None,
    neutral: float = _NEUTRAL,
) -> dict[Subject, Sentiment]:
    """Return the sentiment about the visit and about the works.

    ``danger`` is a bad visit, whatever words hint at (``leaning``); they tell nothing of the works.
    """
    subjects = _subjects(clauses, cues, found, danger)
    only_works = bool(found) and all(about(item.aspect) == "work" for item in found)
    says = [
        Say(about(item.aspect), _ASPECT * item.sure * item.polarity, item.clause, item.hit)
        for item in found
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
        margin, pulls = 0.0, dict.fromkeys(pulls, 0.0)
    ironic = any("irony" in clause.cues for clause in clauses.all)
    meant = {side for sides in subjects for side in sides}
    spoken = meant | {say.subject for say in says}
    leanings: dict[Subject, Leaning] = {
        "visit": leaning if danger is None else _UNHINTED,
        "work": _UNHINTED,
    }
    return {
        side: _side(
            tokens,
            _outspoken([say for say in says if say.subject == side], ironic),
            margin if meant == {side} else 0.0,
            pulls[side],
            model,
            neutral,
            leanings[side],
        )
        if side in spoken
        else _guess(tokens, 0.0, model, neutral, leanings[side])
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
    margin: float,
    pull: float,
    model: str,
    neutral: float,
    leaning: Leaning,
) -> Sentiment:
    ending = max((say.clause.sentence for say in says if say.value), default=0)
    weighed = [
        say.value * say.clause.weight * (_LAST if say.clause.sentence == ending else 1.0)
        for say in says
    ]
    strength = sum(abs(value) for value in weighed)
    pull = max(-_MOST_PULL, min(_MOST_PULL, pull))
    if not strength:
        return _guess(tokens, _PULL_ALONE * pull + _WHOLE_ALONE * margin, model, neutral, leaning)
    score = sum(weighed) / math.sqrt(max(strength, 1.0)) + _PULL * pull
    evidence = [
        (tokens.starts[say.hit.first], tokens.ends[say.hit.last], round(value, 3))
        for say, value in zip(says, weighed, strict=True)
        if say.hit is not None and value
    ]
    return _settle(_odds(score, neutral, leaning), model, evidence)


def _guess(tokens: Tokens, score: float, model: str, neutral: float, leaning: Leaning) -> Sentiment:
    """Judge a side of which nothing is plainly said: by how it sounds and by hints, if they are
    strong.
    """
    if abs(score) < _ENOUGH:
        if max(leaning) <= _UNSAID:
            return abstain(model)
        score, neutral = 0.0, _UNSAID
    odds = [_UNSURE * each for each in _odds(score, neutral, leaning)]
    return _settle(odds, model, _hints(tokens) if any(leaning) else [])


def _odds(score: float, neutral: float, leaning: Leaning) -> tuple[float, float, float]:
    return leaning.bad - _STEEP * score, neutral, leaning.good + _STEEP * score


def _hints(tokens: Tokens) -> list[tuple[int, int, float]]:
    return [
        (tokens.starts[first], tokens.ends[last], round(value, 3))
        for first, last, value in hinting(tokens)
        if abs(value) >= _HINTED
    ]


def _settle(
    odds: Sequence[float], model: str, evidence: Sequence[tuple[int, int, float]]
) -> Sentiment:
    """Make a sentiment of the log-odds of negative, neutral and positive, and of where words stand
    and what each weighs.
    """
    powers = tuple(map(math.exp, odds))
    negative, neutral, positive = (power / sum(powers) for power in powers)
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
