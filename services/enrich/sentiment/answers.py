"""Scores as answers: shares, label, confidence, whether to abstain, and the words that decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from schemas import Sentiment

from ..reading import Pull
from .features import Floats
from .table import LABELS

_EVIDENCE = 5
_SHARE = 0.2
_DIGITS = 4
_NEUTRAL = LABELS.index("neutral")


def shares(logits: Floats) -> Floats:
    """Return the three shares of each row of log-odds, to four digits."""
    powers = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
    total = powers[:, 0] + powers[:, 1] + powers[:, 2]
    return np.asarray((powers / total[:, None]).round(_DIGITS))


def answers(
    model: str,
    logits: Floats,
    floors: Floats,
    pulls: Sequence[Sequence[Pull]],
) -> Iterator[Sentiment]:
    """Yield what a row of log-odds comes to, for each text; evidence is picked from its pulls.

    Below a confidence of ``floors`` the model abstains.
    """
    labels = logits.argmax(axis=1).tolist()
    for three, label, floor, words in zip(
        shares(logits).tolist(), labels, floors.tolist(), pulls, strict=True
    ):
        abstains = three[label] < floor
        label = _NEUTRAL if abstains else label
        yield _answer(model, three, label, abstains, _evidence(words, label - _NEUTRAL))


def nothing_said(model: str) -> Sentiment:
    """Return the answer to a text without a word: neutral by rule, and nothing to rely on."""
    return _answer(model, (0.0, 1.0, 0.0), _NEUTRAL, True, [])


def _answer(
    model: str, three: Sequence[float], label: int, abstained: bool, evidence: Sequence[Pull]
) -> Sentiment:
    return Sentiment.model_validate(
        {
            "label": LABELS[label],
            "p_negative": three[0],
            "p_neutral": three[1],
            "p_positive": three[2],
            "confidence": three[label],
            "abstained": abstained,
            "model": model,
            "evidence": [
                {"start": one.start, "end": one.end, "weight": one.weight} for one in evidence
            ],
        }
    )


def _evidence(pulls: Sequence[Pull], sign: int) -> Sequence[Pull]:
    """Return the words that pull most to the label's side, in their order; neutral has none.

    A word that pulls less than a fifth of the strongest decided nothing.
    """
    if not sign:
        return ()
    least = max((pull.weight * sign for pull in pulls), default=0.0) * _SHARE
    agreeing = [pull for pull in pulls if pull.weight * sign > least >= 0]
    if len(agreeing) > _EVIDENCE:
        agreeing = sorted(agreeing, key=lambda pull: -abs(pull.weight))[:_EVIDENCE]
        agreeing.sort(key=lambda pull: pull.start)
    return agreeing
