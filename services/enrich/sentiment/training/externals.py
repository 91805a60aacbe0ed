"""The parts that learn from other texts than the benchmark's: who feels good or bad, and who not.

Two-class sources know no neutral; they, and the words of lexicons, teach what is good and bad.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..features import Floats, Ints
from .linear import Task
from .sources import LANGUAGES, Row, Word

_TWEETS = ("mozetic_", "motaz_emoji", "ajgt")
_SUBTITLES = ("xed_",)
_TWO_CLASS = (*_TWEETS, *_SUBTITLES, "allocine")
REVIEWS = ("allocine", "elsahar_", "tyq_")
COMMENTS = ("multiemotions",)
_NEUTRAL = 1
_SOFTNESS, _WORD_SOFTNESS = 0.3, 1.0
_TWO_CLASS_MOST = 10_000
_THREE_CLASS_MOST = 8_000
_CLASS_BALANCE = 5.0
_MOST_WORDS = {"it": 20_000, "pt": 15_000}
_FEWEST = 500


def text_tasks(rows: Sequence[Row]) -> list[Task]:
    """Return the tasks on texts: five of two classes, one of three, and one a language."""
    labels = np.array([row.label for row in rows])
    sources = np.array([row.source for row in rows])
    languages = np.array([row.language for row in rows])
    polar = labels != _NEUTRAL
    two = _of(sources, _TWO_CLASS)
    polarities = {
        "all two-class sources": two,
        "tweets": _of(sources, _TWEETS),
        "subtitles": _of(sources, _SUBTITLES),
        "reviews": _of(sources, REVIEWS) & polar,
        "three-class sources, polar": ~two & polar,
    }
    threes = {"three-class sources": ~two} | {
        f"three-class sources, {code}": own
        for code in LANGUAGES
        if (own := ~two & (languages == code)).sum() >= _FEWEST
    }
    return [
        Task(name, labels, _weigh(labels, sources, chosen, _balance_two), _SOFTNESS)
        for name, chosen in polarities.items()
    ] + [
        Task(name, labels, _weigh(labels, sources, chosen, _balance_three), _SOFTNESS)
        for name, chosen in threes.items()
    ]


def three_class_weights(rows: Sequence[Row]) -> Floats:
    """Return what rows of three-class sources count, source by source; others count nothing."""
    labels = np.array([row.label for row in rows])
    sources = np.array([row.source for row in rows])
    return _weigh(labels, sources, ~_of(sources, _TWO_CLASS), _balance_three)


def word_task(words: Sequence[Word], seed: int) -> Task:
    """Return the task on lexicons' words, each read as a text; large lexicons are thinned."""
    weights = np.array([word.weight for word in words])
    languages = np.array([word.language for word in words])
    chosen = weights != 0
    chance = np.random.default_rng(seed)
    for code, most in _MOST_WORDS.items():
        own = np.flatnonzero(chosen & (languages == code))
        chosen[chance.permutation(own)[most:]] = False
    labels = np.where(weights > 0, 2, 0)
    return Task("words", labels, _weigh(labels, languages, chosen, _balance_two), _WORD_SOFTNESS)


def _of(sources: NDArray[np.str_], prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([source.startswith(prefixes) for source in sources.tolist()], bool)


def _weigh(
    labels: Ints,
    sources: NDArray[np.str_],
    chosen: NDArray[np.bool_],
    balance: Callable[[Floats], Floats],
) -> Floats:
    """Weigh the chosen rows source by source; ``balance`` gives a class's weight by its count."""
    weights = np.zeros(len(labels))
    for source in np.unique(sources[chosen]):
        own = chosen & (sources == source)
        counts = np.bincount(labels[own], minlength=3).astype(float)
        weights[own] = balance(counts)[labels[own]]
    return weights


def _balance_two(counts: Floats) -> Floats:
    """Both classes count the same, together as many as there are, 10,000 at most."""
    return np.asarray(min(counts.sum(), _TWO_CLASS_MOST) / 2 / np.maximum(counts, 1))


def _balance_three(counts: Floats) -> Floats:
    """A class counts up to five times as much as another; large sources by their square root."""
    rows = counts.sum()
    weights = 1 / np.maximum(counts, 1)
    weights = np.minimum(weights / weights.min(), _CLASS_BALANCE)
    share = min(1.0, float(np.sqrt(_THREE_CLASS_MOST / rows)))
    return np.asarray(weights * rows / (weights * counts).sum() * share)
