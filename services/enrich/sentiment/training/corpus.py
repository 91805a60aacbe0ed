"""Everything that training reads, once: rows, features, and the parts that external texts teach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..features import KNOWN, Floats, Ints, emoji_moods, list_sums
from .design import Design, design, matrix, rarity
from .duplicates import groups, near_duplicates
from .externals import COMMENTS, REVIEWS, text_tasks, three_class_weights, word_task
from .linear import Part, fit_all
from .lists import read_lists
from .moods import learn_moods
from .progress import Progress
from .sources import LANGUAGES, TABLES, Row, read_externals, read_words


@dataclass(frozen=True)
class Labelled:
    """Texts that we know the feeling of, as features; ``styles`` with what emoji and lists say."""

    labels: Ints
    languages: NDArray[np.str_]
    matrix: csr_matrix
    styles: Floats


@dataclass(frozen=True)
class Corpus:
    """The benchmark's rows, and what was learned from all others.

    ``groups``: near-duplicates among the rows have the same number. ``by_source``: external texts
    of the sources that get an intercept of their own; ``three_class``: those of three classes in
    languages with a table, and what each counts. ``learned``, ``dropped``: rows by source, the
    latter near-duplicates of the benchmark's rows.
    """

    rows: Sequence[Row]
    texts: Labelled
    groups: Ints
    parts: Sequence[Part]
    by_source: dict[str, Labelled]
    three_class: Labelled
    three_class_weights: Floats
    frequency: Floats
    rarity: NDArray[np.uint8]
    emoji: Ints
    moods: NDArray[np.int16]
    lists: NDArray[np.int8]
    learned: Counter[str]
    dropped: Counter[str]


def read_corpus(folder: Path, rows: Sequence[Row], seed: int, progress: Progress) -> Corpus:
    """Read a data folder and fit the external parts. No near-duplicate of ``rows`` is learned."""
    progress("reading", 0, 1)
    words = read_words(folder)
    everything = read_externals(folder)
    progress("looking for near-duplicates", 0, 1)
    seen, _ = near_duplicates([row.text for row in everything], [row.text for row in rows])
    externals = [row for row, known in zip(everything, seen, strict=True) if not known]
    dropped = Counter(row.source for row, known in zip(everything, seen, strict=True) if known)

    own, others, lexicon = _read_all(rows, externals, [word.text for word in words], progress)
    frequency, steps = rarity((own, others))
    labels = np.array([row.label for row in externals], np.int64)
    emoji, moods = learn_moods(others.emoji, labels)
    by_code = np.zeros(KNOWN, np.int16)
    by_code[emoji] = moods
    lists = read_lists(TABLES, "en")

    def labelled(some: Sequence[Row], read: Design) -> Labelled:
        return Labelled(
            np.array([row.label for row in some], np.int64),
            np.array([row.language for row in some]),
            matrix(read.counts, frequency, steps),
            np.concatenate(
                (
                    read.styles,
                    emoji_moods(read.emoji, len(some), by_code),
                    list_sums(read.words, _tables(some), lists),
                ),
                axis=1,
            ),
        )

    texts = labelled(rows, own)
    outside = labelled(externals, others)
    weights = three_class_weights(externals)
    near = (weights > 0) & np.isin(outside.languages, LANGUAGES)
    parts = []
    tasks = text_tasks(externals)
    jobs = len(tasks) + bool(words)
    for part in fit_all(outside.matrix, tasks, seed):
        parts.append(part)
        progress("external texts", len(parts), jobs)
    if words:
        task = word_task(words, seed)
        parts.extend(fit_all(matrix(lexicon.counts, frequency, steps), [task], seed))
        progress("external texts", len(parts), jobs)
    return Corpus(
        rows,
        texts,
        np.array(groups([row.text for row in rows]), np.int64),
        parts,
        {
            source: _pick(outside, _are(externals, prefixes) & near)
            for source, prefixes in (("review", REVIEWS), ("comment", COMMENTS))
        },
        _pick(outside, near),
        weights[near],
        frequency,
        steps,
        emoji,
        moods,
        lists,
        Counter(row.source for row in externals) + Counter({"lexicons": len(words)}),
        dropped,
    )


def _read_all(
    rows: Sequence[Row], externals: Sequence[Row], words: Sequence[str], progress: Progress
) -> tuple[Design, Design, Design]:
    total = len(rows) + len(externals) + len(words)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("features", done, total)

    return (
        design([row.text for row in rows], advance),
        design([row.text for row in externals], advance),
        design(words or [""], advance),
    )


def _tables(rows: Sequence[Row]) -> Ints:
    """Number the table that each row is judged with."""
    numbers = {code: number for number, code in enumerate(TABLES)}
    return np.array([numbers.get(row.language, len(LANGUAGES)) for row in rows], np.int64)


def _are(rows: Sequence[Row], prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([row.source.startswith(prefixes) for row in rows])


def _pick(texts: Labelled, chosen: NDArray[np.bool_]) -> Labelled:
    return Labelled(
        texts.labels[chosen], texts.languages[chosen], texts.matrix[chosen], texts.styles[chosen]
    )
