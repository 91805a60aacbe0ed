"""From a corpus to weights: parts that learn from the benchmark's rows, a stack and a table each.

Every language gets two parts of its own: one learns from the rows of all languages and from
external texts of its own, the other from its own rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from threadpoolctl import threadpool_limits

from ..features import BUCKETS, Floats, Ints
from ..manifest import OTHER
from ..table import SOURCES, Weights, log_odds
from .calibration import calibrate, source_shift
from .collapse import Collapsed, collapse
from .corpus import Corpus
from .linear import Part, Task, fit_all
from .progress import Progress
from .sources import LANGUAGES, TABLES
from .stack import OTHERS, Stack, fit_stack

FOLDS = 5
_SOFTNESS = 0.35
_TOLERANCE = 0.02
"""Margins are the same to three digits as with 0.001, in half of the time."""
_OTHERS_ROWS, _EXTERNALS = 0.25, 0.3
FLOOR, _OTHER_FLOOR = 0.40, 0.55
_DOUBTFUL = ("hi",)
"""Languages whose labels contradict themselves: the rows of all others count as much in a stack."""

_Mask = NDArray[np.bool_]


class Own(NamedTuple):
    """A language's own parts, and their margins on the rows, each from parts that left it out."""

    parts: list[Part]
    margins: Floats


def folds(corpus: Corpus, seed: int) -> Ints:
    """Deal the rows out into five folds, near-duplicates into the same."""
    chance = np.random.default_rng(seed)
    dealt = chance.permutation(len(corpus.rows)) % FOLDS
    return np.asarray(dealt[corpus.groups])


class Fitted(NamedTuple):
    """Weights; and log-odds for the chosen rows, each by parts and a stack that left it out."""

    weights: Weights
    held_out: Floats


def fit(corpus: Corpus, chosen: _Mask, seed: int, progress: Progress) -> Fitted:
    """Fit the tables to the chosen rows of the benchmark, and to the external parts."""
    texts = corpus.texts
    fold = folds(corpus, seed)
    held_out = np.zeros((len(fold), 3))
    own = dict(_own_parts(corpus, chosen, fold, seed, progress))
    shared = [part for part in corpus.parts if _language(part) is None]
    outside = [part.margins(texts.matrix) for part in shared]
    by_language = np.concatenate([*outside, _theirs(corpus, own), texts.styles], axis=1)
    for_others = np.concatenate([*outside, own[OTHER].margins, texts.styles], axis=1)
    with threadpool_limits(1):  # sums in the same order on any machine; more are no quicker
        collapsed = []
        for table in TABLES:
            columns = for_others if table == OTHER else by_language
            for left in range(FOLDS) if table != OTHER else ():
                rows = chosen & _home(corpus, table) & (fold == left)
                stack = _stack(corpus, table, columns, chosen & (fold != left))
                held_out[rows] = log_odds(stack.scores(columns[rows]))
            stack = _stack(corpus, table, columns, chosen)
            parts = [*shared, *_external(corpus, table), *own[table].parts]
            collapsed.append(collapse(stack, parts, corpus.frequency))
        return Fitted(_weights(corpus, collapsed, _shifts(corpus, chosen, own[OTHER])), held_out)


def _home(corpus: Corpus, table: str) -> _Mask:
    return np.asarray((corpus.texts.languages == table) | (table == OTHER))


def _language(part: Part) -> str | None:
    """Return the language that a part is for; none if it is for all."""
    language = part.name.rpartition(", ")[2]
    return language if language in LANGUAGES else None


def _external(corpus: Corpus, table: str) -> list[Part]:
    """Return the external part of a table's language, one of zeros where it has none."""
    if table == OTHER:
        return []
    found = [part for part in corpus.parts if _language(part) == table]
    return found or [Part(table, np.zeros((3, BUCKETS), np.float32), np.zeros(3))]


def _theirs(corpus: Corpus, own: dict[str, Own]) -> Floats:
    """Return the margins of each row by the parts of its own language, whatever that is.

    So a column means the same in all languages, and these can learn from each other what it is
    worth.
    """
    texts = corpus.texts
    columns = []
    for table in LANGUAGES:
        rows = np.flatnonzero(texts.languages == table)
        margins = [part.margins(texts.matrix[rows]) for part in _external(corpus, table)]
        columns.append((rows, np.concatenate([*margins, own[table].margins[rows]], axis=1)))
    theirs = np.zeros((len(texts.labels), columns[0][1].shape[1]))
    for rows, found in columns:
        theirs[rows] = found
    return theirs


def _stack(corpus: Corpus, table: str, columns: Floats, rows: _Mask) -> Stack:
    """Fit a table's stack to some rows, and make its shares come true on those of its language."""
    labels, home = corpus.texts.labels, _home(corpus, table)
    doubtful = table in _DOUBTFUL
    stack = fit_stack(columns[rows], labels[rows], home[rows], 1.0 if doubtful else OTHERS)
    return calibrate(stack, columns[rows & home], labels[rows & home], doubtful=doubtful)


def _own_parts(
    corpus: Corpus, chosen: _Mask, fold: Ints, seed: int, progress: Progress
) -> Iterator[tuple[str, Own]]:
    """Yield each table's own parts, and their margins by parts fitted without a fold."""
    texts = corpus.texts
    matrix = vstack((texts.matrix, corpus.three_class.matrix), format="csr")
    labels = np.concatenate((texts.labels, corpus.three_class.labels))
    tasks = [
        Task(
            table,
            labels,
            np.concatenate((rows * (chosen & (fold != left)), outside)),
            _SOFTNESS,
            _TOLERANCE,
        )
        for table in TABLES
        for rows, outside in _weigh(corpus, table)
        for left in range(FOLDS + 1)
    ]
    fitted = fit_all(matrix, tasks, seed)
    done = 0
    for table in TABLES:
        whole, margins = [], []
        for _ in _weigh(corpus, table):
            held_out = np.zeros((len(fold), 3))
            for left in range(FOLDS + 1):
                part = next(fitted)
                if left == FOLDS:  # no row is of it: this part has learned from all
                    whole.append(part)
                else:
                    held_out[fold == left] = part.margins(texts.matrix[fold == left])
                done += 1
                progress("tables", done, len(tasks))
            margins.append(held_out)
        yield table, Own(whole, np.concatenate(margins, axis=1))


def _weigh(corpus: Corpus, table: str) -> Iterator[tuple[Floats, Floats]]:
    """Yield what rows of the benchmark and external texts count, for each own part of a table."""
    outside = corpus.three_class
    none = np.zeros(len(outside.labels))
    if table == OTHER:
        yield np.ones(len(corpus.rows)), none
        return
    own = corpus.texts.languages == table
    near = _EXTERNALS * corpus.three_class_weights * (outside.languages == table)
    yield np.where(own, 1.0, _OTHERS_ROWS), near
    yield own * 1.0, none


def _shifts(corpus: Corpus, chosen: _Mask, everyone: Own) -> Floats:
    """Return the shifts of post, review and comment, found without any external text."""
    texts = corpus.texts
    columns = np.concatenate((everyone.margins, texts.styles), axis=1)[chosen]
    stack = fit_stack(columns, texts.labels[chosen], np.ones(len(columns), bool), OTHERS)
    (part,) = everyone.parts
    shifts = np.zeros((len(SOURCES), len(stack.intercepts)))
    for source, some in corpus.by_source.items():
        seen = np.concatenate((part.margins(some.matrix), some.styles), axis=1)
        shifts[SOURCES.index(source)] = source_shift(stack, seen, some.labels)
    return shifts


def _weights(corpus: Corpus, collapsed: list[Collapsed], shifts: Floats) -> Weights:
    words = np.stack(np.nonzero(corpus.lists))
    return Weights(
        grams=np.stack([one.grams for one in collapsed]),
        steps=np.stack([one.steps for one in collapsed]),
        rarity=corpus.rarity,
        styles=np.stack([one.styles for one in collapsed]),
        intercepts=np.stack([one.intercepts + shifts for one in collapsed]),
        emoji=corpus.emoji,
        moods=corpus.moods,
        words=words,
        said=corpus.lists[tuple(words)],
        floors=np.array([_OTHER_FLOOR if table == OTHER else FLOOR for table in TABLES]),
    )
