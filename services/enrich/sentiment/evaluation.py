"""How good labels and shares are: macro-F1, calibration, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas import Sentiment

from ..reading import SentimentModel, Text
from .features import Floats, Ints
from .manifest import Measured
from .table import LABELS
from .training.sources import Row

_BINS = 10


@dataclass(frozen=True)
class Figures:
    """Of one language. ``macro_f1``: 0 to 100. ``calibration_error``: expected, 0 to 1.

    ``confusion``: how many of each true label (row) were given each label (column). ``abstained``:
    the share that the model would rather not have judged; they are judged here all the same.
    """

    rows: int
    macro_f1: float
    calibration_error: float
    abstained: float
    confusion: NDArray[np.int64]


def figures(truth: Sequence[int], judged: Sequence[Sentiment]) -> Figures:
    """Compare what was judged with what is true (places in ``LABELS``)."""
    labels = np.array(truth, np.int64)
    shares = np.array([(one.p_negative, one.p_neutral, one.p_positive) for one in judged])
    given = np.array([label_of(one) for one in judged], np.int64)
    table = confusion(labels, given)
    return Figures(
        rows=len(labels),
        macro_f1=macro_f1(table),
        calibration_error=calibration_error(labels, given, shares),
        abstained=float(np.mean([one.abstained for one in judged])),
        confusion=table,
    )


def judge(model: SentimentModel, rows: Sequence[Row]) -> list[Sentiment]:
    """Judge labelled rows as posts in the language that they are filed under."""
    return [reading.sentiment for reading in model.read([Text(r.text, r.language) for r in rows])]


def by_language(rows: Sequence[Row], judged: Sequence[Sentiment]) -> dict[str, Figures]:
    """Compare language by language."""
    return {
        code: figures(
            [row.label for row in rows if row.language == code],
            [one for row, one in zip(rows, judged, strict=True) if row.language == code],
        )
        for code in sorted({row.language for row in rows})
    }


def measure(how: str, rows: Sequence[Row], judged: Sequence[Sentiment]) -> Measured:
    """Sum up what a manifest tells of rows that were judged; ``how``: by what kind of model."""
    found = by_language(rows, judged)
    return Measured(
        how=how,
        rows=len(rows),
        average_macro_f1=round(sum(one.macro_f1 for one in found.values()) / len(found), 2),
        macro_f1={code: round(one.macro_f1, 2) for code, one in found.items()},
        calibration_error={code: round(one.calibration_error, 4) for code, one in found.items()},
    )


def label_of(judged: Sentiment) -> int:
    """Return the label's place; of an abstention the one with the largest share."""
    if judged.abstained:
        return int(np.argmax((judged.p_negative, judged.p_neutral, judged.p_positive)))
    return LABELS.index(judged.label)


def confusion(truth: Ints, given: Ints) -> NDArray[np.int64]:
    """Count true labels (rows) by given labels (columns)."""
    counts = np.bincount(truth * len(LABELS) + given, minlength=len(LABELS) ** 2)
    return counts.reshape(len(LABELS), len(LABELS))


def macro_f1(table: NDArray[np.int64]) -> float:
    """Return the mean of the labels' F1, from 0 to 100."""
    right = np.diag(table)
    return float(100 * np.mean(2 * right / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)))


def calibration_error(truth: Ints, given: Ints, shares: Floats) -> float:
    """Return how far confidence and share of right answers differ, over ten bins of confidence."""
    confidence = shares[np.arange(len(given)), given]
    right = truth == given
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return float(
        sum(
            abs(confidence[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
            for one in np.unique(bins)
        )
    )
