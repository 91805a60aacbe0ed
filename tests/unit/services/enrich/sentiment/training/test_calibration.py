"""Calibration finds the stretch and the shifts that were put in."""

from __future__ import annotations

import numpy as np

from services.enrich.sentiment.answers import shares
from services.enrich.sentiment.features import Floats, Ints
from services.enrich.sentiment.table import log_odds
from services.enrich.sentiment.training.calibration import calibrate, source_shift
from services.enrich.sentiment.training.stack import Stack

CHANCE = np.random.default_rng(1)
SCORES = CHANCE.normal(size=(6_000, 2)) * 1.5
STACK = Stack(np.eye(2), np.zeros(2))


def draw(scores: Floats) -> Ints:
    """Draw labels as often as the shares say."""
    edges = np.cumsum(shares(log_odds(scores)), axis=1)
    return np.asarray(np.minimum((CHANCE.random(len(scores))[:, None] > edges).sum(axis=1), 2))


def test_a_stack_that_is_too_sure_is_brought_down() -> None:
    truth = SCORES * 0.5 + (0.3, -0.2)
    found = calibrate(STACK, SCORES, draw(truth))
    assert np.allclose(found.scores(SCORES), truth, atol=0.35)
    assert np.allclose(np.diag(found.weights), 0.5, atol=0.06)


def test_one_that_is_right_is_left_alone() -> None:
    found = calibrate(STACK, SCORES, draw(SCORES))
    assert np.allclose(found.weights, np.eye(2), atol=0.07)


def test_doubtful_labels_move_no_text_to_another_label() -> None:
    truth = SCORES * 0.1 + (0.8, -0.6)
    found = calibrate(STACK, SCORES, draw(truth), doubtful=True)
    before, after = log_odds(SCORES).argmax(axis=1), log_odds(found.scores(SCORES)).argmax(axis=1)
    assert np.array_equal(before, after)
    assert found.weights[0, 0] < 0.3


def test_a_source_without_neutral_texts_shifts_away_from_it() -> None:
    labels = draw(SCORES)
    polar = labels != 1
    polarity, neutrality = source_shift(STACK, SCORES[polar], labels[polar])
    assert neutrality == -1, "but not without end"
    assert abs(polarity) < 0.2


def test_a_source_like_the_benchmark_shifts_nothing() -> None:
    assert np.abs(source_shift(STACK, SCORES, draw(SCORES))).max() < 0.1
