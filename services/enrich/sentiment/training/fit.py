"""From a corpus to weights: parts of the benchmark's own rows, a stack a language, tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..features import Floats, Ints
from ..table import OTHER, SOURCES, Weights
from .collapse import AXES, collapse
from .corpus import Corpus, Labelled
from .intercepts import learn_intercepts
from .linear import Part, Task, fit_all
from .progress import Progress
from .sources import LANGUAGES
from .stack import fit_stack

TABLES = (*LANGUAGES, OTHER)
FOLDS = 5
_SOFTNESS = 0.35
_OTHERS = 0.25
_FLOOR, _OTHER_FLOOR = 0.40, 0.55
_Mask = NDArray[np.bool_]


def folds(corpus: Corpus, seed: int) -> Ints:
    """Deal the rows out into five folds, near-duplicates into the same."""
    chance = np.random.default_rng(seed)
    dealt = chance.permutation(len(corpus.rows)) % FOLDS
    return np.asarray(dealt[corpus.groups])


def fit(corpus: Corpus, chosen: _Mask, seed: int, progress: Progress) -> Weights:
    """Fit the tables to the chosen rows of the benchmark, and to the external parts."""
    texts = corpus.texts
    whole, held_out = _own_parts(corpus, chosen, seed, progress)
    outside = {part.name: part.margins(texts.matrix) for part in corpus.parts}
    fitted = []
    for table in TABLES:
        external = [part for part in corpus.parts if _teaches(part, table)]
        columns = [*(outside[part.name] for part in external), held_out[table], texts.styles]
        own = (texts.languages == table) | (table == OTHER)
        stack = fit_stack(
            np.concatenate(columns, axis=1)[chosen], texts.labels[chosen], own[chosen]
        )
        fitted.append(collapse(stack, [*external, whole[table]], corpus.frequency))
    shifts = _shifts(corpus, chosen, held_out[OTHER], whole[OTHER])
    grams, steps, styles, intercepts = (np.stack(some) for some in zip(*fitted, strict=True))
    return Weights(
        grams,
        steps,
        corpus.rarity,
        styles,
        intercepts[:, None, :] + shifts,
        corpus.emoji,
        corpus.moods,
        np.zeros((len(TABLES), 3)),
        np.array([_OTHER_FLOOR if table == OTHER else _FLOOR for table in TABLES]),
    )


def _own_parts(
    corpus: Corpus, chosen: _Mask, seed: int, progress: Progress
) -> tuple[dict[str, Part], dict[str, Floats]]:
    """Fit a part a table to all chosen rows; and its margins on rows that it has not seen."""
    texts = corpus.texts
    fold = folds(corpus, seed + 1)
    tasks = [
        Task(table, texts.labels, chosen * (fold != left) * _weigh(texts, table), _SOFTNESS)
        for table in TABLES
        for left in range(FOLDS + 1)
    ]
    whole, held_out = {}, {table: np.zeros((len(fold), 3)) for table in TABLES}
    for at, part in enumerate(fit_all(texts.matrix, tasks, seed)):
        left = at % (FOLDS + 1)
        if left == FOLDS:
            whole[part.name] = part
        else:
            held_out[part.name][fold == left] = part.margins(texts.matrix[fold == left])
        progress("tables", at + 1, len(tasks))
    return whole, held_out


def _weigh(texts: Labelled, table: str) -> Floats:
    return np.where((texts.languages == table) | (table == OTHER), 1.0, _OTHERS)


def _teaches(part: Part, table: str) -> bool:
    """Whether a part is for all languages, or for this one."""
    language = part.name.rpartition(", ")[2]
    return language not in LANGUAGES or language == table


def _shifts(corpus: Corpus, chosen: _Mask, margins: Floats, part: Part) -> Floats:
    """Return the shifts of post, review and comment, found without any external text."""
    texts = corpus.texts
    columns = np.concatenate((margins, texts.styles), axis=1)[chosen]
    stack = fit_stack(columns, texts.labels[chosen], np.ones(len(columns), bool))
    shifts = np.zeros((len(SOURCES), len(AXES)))
    for source, some in corpus.by_source.items():
        seen = np.concatenate((part.margins(some.matrix), some.styles), axis=1)
        shifts[SOURCES.index(source)] = learn_intercepts(stack.logits(seen), some.labels)
    return shifts
