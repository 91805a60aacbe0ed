"""Figures against their definitions, and against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from schemas import Sentiment
from services.enrich.sentiment.evaluation import (
    calibration_error,
    confusion,
    figures,
    label_of,
    macro_f1,
)


def sentiment(*shares: float, abstained: bool = False) -> Sentiment:
    label = "neutral" if abstained else ("negative", "neutral", "positive")[int(np.argmax(shares))]
    negative, neutral, positive = shares
    return Sentiment.model_validate(
        {
            "label": label,
            "p_negative": negative,
            "p_neutral": neutral,
            "p_positive": positive,
            "confidence": max(shares),
            "abstained": abstained,
            "model": "m",
        }
    )


def test_macro_f1_is_scikit_learns() -> None:
    chance = np.random.default_rng(2)
    truth, given = chance.integers(0, 3, 500), chance.integers(0, 3, 500)
    expected = 100 * f1_score(truth, given, average="macro")
    assert macro_f1(confusion(truth, given)) == pytest.approx(expected)


def test_a_label_that_never_comes_counts_as_nothing() -> None:
    assert macro_f1(confusion(np.array([0, 0]), np.array([0, 0]))) == pytest.approx(100 / 3)


def test_calibration_error() -> None:
    truth = np.array([2, 2, 2, 0, 1, 1])
    given = np.array([2, 2, 2, 2, 1, 1])
    shares = np.array([[0.1, 0.15, 0.75]] * 4 + [[0.0, 0.95, 0.05]] * 2)
    assert calibration_error(truth, given, shares) == pytest.approx(0.05 * 2 / 6)


def test_an_abstention_is_judged_by_its_largest_share() -> None:
    assert label_of(sentiment(0.38, 0.3, 0.32, abstained=True)) == 0
    assert label_of(sentiment(0.1, 0.2, 0.7)) == 2


def test_figures() -> None:
    judged = [
        sentiment(0.8, 0.1, 0.1),
        sentiment(0.1, 0.1, 0.8),
        sentiment(0.3, 0.4, 0.3, abstained=True),
    ]
    found = figures([0, 0, 1], judged)
    assert found.rows == 3
    assert found.abstained == pytest.approx(1 / 3)
    assert found.confusion.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
