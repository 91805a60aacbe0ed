"""A table's packed sums are those that one would get n-gram by n-gram."""

from __future__ import annotations

import math

import numpy as np
import pytest

from services.enrich.sentiment.features import BUCKETS, COLUMNS, Batch, grams
from services.enrich.sentiment.table import LENGTH_STEP, Table, Weights
from services.enrich.sentiment.words import spell


@pytest.fixture(scope="module")
def weights() -> Weights:
    chance = np.random.default_rng(5)
    return Weights(
        grams=chance.integers(-127, 128, (2, BUCKETS, 2)).astype(np.int8),
        steps=np.array([[0.1, 0.2], [0.3, 0.4]]),
        rarity=chance.integers(0, 79, BUCKETS).astype(np.uint8),
        styles=np.zeros((2, COLUMNS, 2)),
        intercepts=np.array([[[0.5, -0.5]] * 3, [[1.0, 2.0]] * 3]),
        emoji=np.array([], np.int64),
        moods=np.array([], np.int16),
        words=np.zeros((2, 0), np.int64),
        said=np.array([], np.int8),
        floors=np.zeros(2),
    )


def slowly(weights: Weights, text: str, language: int) -> tuple[float, float]:
    polarity = neutrality = length = 0
    for bucket in grams(Batch.of([spell(text)]))[0].tolist():
        polarity += int(weights.grams[language, bucket, 0])
        neutrality += int(weights.grams[language, bucket, 1])
        length += int(weights.rarity[bucket])
    scale = weights.steps[language] / math.sqrt(LENGTH_STEP * length)
    first, second = weights.intercepts[language, 0] + scale * (polarity, neutrality)
    return float(first), float(second)


def test_scores_are_sums_of_ngrams(weights: Weights) -> None:
    texts = ["a", "The queue was long!", "x" * 900, "ab " * 300, "日本語のテキスト 👍"]
    languages = np.array([0, 1, 0, 1, 1])
    scores = Table(weights).score(
        Batch.of([spell(text) for text in texts]), languages, np.zeros(5, np.int64)
    )
    for row, text, language in zip(scores.logits, texts, languages.tolist(), strict=True):
        polarity, neutrality = slowly(weights, text, language)
        assert np.allclose(row, [-polarity / 2, neutrality, polarity / 2])


def test_the_pulls_of_all_words_are_the_polarity(weights: Weights) -> None:
    batch = Batch.of([spell("three plain words"), spell("and five in the other")])
    scores = Table(weights).score(batch, np.array([0, 1]), np.zeros(2, np.int64))
    # An n-gram counts half where it begins and half where it ends, a gap for the word beside it;
    # the outer halves of the outermost spaces, together one of them, are no word's.
    space = int(grams(batch)[0][0])
    for row, words, language in ((0, slice(0, 3), 0), (1, slice(3, 8), 1)):
        nobody = int(weights.grams[language, space, 0])
        length = int(weights.rarity[grams(Batch.of([batch.spellings[row]]))[0]].sum())
        scale = weights.steps[language, 0] / math.sqrt(LENGTH_STEP * length)
        polarity = scores.logits[row, 2] - scores.logits[row, 0]
        polarity -= weights.intercepts[language, 0, 0]
        assert scores.words[words].sum() == pytest.approx(polarity - nobody * scale)


def test_extreme_weights_do_not_run_over(weights: Weights) -> None:
    most = Weights(
        **{
            **weights.__dict__,
            "grams": np.full((2, BUCKETS, 2), -127, np.int8),
            "rarity": np.full(BUCKETS, 86, np.uint8),
        }
    )
    text = "\ufdfa" * 1_000
    scores = Table(most).score(Batch.of([spell(text)]), np.array([0]), np.array([0]))
    polarity, neutrality = slowly(most, text, 0)
    assert np.allclose(scores.logits[0], [-polarity / 2, neutrality, polarity / 2])
