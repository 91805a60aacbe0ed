"""How a side comes off, the visit or the works: by what is said of it, or else by a guess.

Where nothing is said of a side, or too little, its sentiment abstains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from schemas import Sentiment
from schemas.understanding import Subject

from .clauses import Clause
from .hints import Leaning, hinting
from .phrases import Hit, Tokens

_PULL = 0.1
_PULL_ALONE = 0.3
_MOST_PULL = 2.0
_LAST = 1.3
_STEEP = 1.6
SAID = 0.65
"""What is weaker is itself a guess, and is left out where something is said."""
_ENOUGH = 0.4
_UNSAID = math.log(8)
"""What hints have to outweigh where nothing is said: neither is eight times as likely."""
_HINTED = 0.15
"""Weaker hints are not shown."""
_TRUST = 0.7
"""What log-odds count, so that shares come true on posts that were not seen."""
_MOST_GUESSED = 0.55
"""A guess, where nothing is plainly said, is never surer than that: it alone calls nobody."""
_WORDS_SHOWN = 8


class Say(NamedTuple):
    """Something said of the visit or the works: how strongly, by which words (if any)."""

    subject: Subject
    value: float
    clause: Clause
    hit: Hit | None = None


def weigh(
    tokens: Tokens,
    says: Sequence[Say],
    ironic: bool,
    pull: float,
    model: str,
    neutral: float,
    leaning: Leaning,
) -> Sentiment:
    """Weigh what is said of a side; ``pull``: how its clauses sound, above 0 good; ``neutral``: the
    log-odds of neither.
    """
    says = _outspoken(says, ironic)
    ending = max((say.clause.sentence for say in says if say.value), default=0)
    weighed = [
        say.value * say.clause.weight * (_LAST if say.clause.sentence == ending else 1.0)
        for say in says
    ]
    strength = sum(abs(value) for value in weighed)
    pull = max(-_MOST_PULL, min(_MOST_PULL, pull))
    if not strength:
        return guess(tokens, _PULL_ALONE * pull, model, neutral, leaning)
    score = sum(weighed) / math.sqrt(max(strength, 1.0)) + _PULL * pull
    evidence = [
        (tokens.starts[say.hit.first], tokens.ends[say.hit.last], round(value, 3))
        for say, value in zip(says, weighed, strict=True)
        if say.hit is not None and value
    ]
    most = 1.0 if any(abs(say.value) >= SAID for say in says) else _MOST_GUESSED
    return _settle(_odds(score, neutral, leaning), model, evidence, most)


def _outspoken(says: Sequence[Say], ironic: bool) -> list[Say]:
    """Leave out guesses where something is said, and praise where irony stands beside blame."""
    if any(abs(say.value) >= SAID for say in says):
        says = [say for say in says if abs(say.value) >= SAID or not say.value]
    if ironic and any(say.value < 0 for say in says):
        says = [say for say in says if say.value <= 0]
    return list(says)


def guess(tokens: Tokens, score: float, model: str, neutral: float, leaning: Leaning) -> Sentiment:
    """Judge a side of which nothing is plainly said: by how it sounds and by hints, if they are
    strong.
    """
    if abs(score) < _ENOUGH:
        if max(leaning) <= _UNSAID:
            return abstain(model)
        score, neutral = 0.0, _UNSAID
    evidence = _hints(tokens) if any(leaning) else []
    return _settle(_odds(score, neutral, leaning), model, evidence, _MOST_GUESSED)


def _odds(score: float, neutral: float, leaning: Leaning) -> list[float]:
    """Return the log-odds of negative, neutral and positive."""
    odds = (leaning.bad - _STEEP * score, neutral, leaning.good + _STEEP * score)
    return [_TRUST * each for each in odds]


def _hints(tokens: Tokens) -> list[tuple[int, int, float]]:
    return [
        (tokens.starts[first], tokens.ends[last], round(value, 3))
        for first, last, value in hinting(tokens)
        if abs(value) >= _HINTED
    ]


def _settle(
    odds: Sequence[float],
    model: str,
    evidence: Sequence[tuple[int, int, float]],
    most: float = 1.0,
) -> Sentiment:
    """Make a sentiment of the log-odds of negative, neutral and positive, and of where words stand
    and what each weighs. It is never surer of a side than ``most``; what is over goes to neutral.
    """
    powers = tuple(map(math.exp, odds))
    negative, positive = (min(power / sum(powers), most) for power in (powers[0], powers[2]))
    neutral = 1 - negative - positive
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
