"""From labelled posts to hints: a logistic regression over their words.

docs/labels.md has the rules of labelling and the shape of a line. Posts that are held out are not
read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from ...phrases.library import book_of
from ..table import STEPS
from ..words import keys, kind_key

_LABELS = {"negative": 0, "neutral": 1, "none": 1, "positive": 2}
_FEWEST_POSTS = 3
_SOFTNESS = 0.3
_TRUST = 0.7
"""What a hint counts beside what is plainly said, which has been seen to be right more often."""


class Example(NamedTuple):
    """What is looked up of a post, and whether its visit is bad (0), neither (1) or good (2)."""

    keys: frozenset[str]
    label: int


def read_examples(folder: Path) -> list[Example]:
    """Read the labelled posts of a folder that are for development."""
    posts = (
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    )
    return [
        Example(
            frozenset(keys(book_of(post["lang"]).cut(post["text"]))) | {kind_key(post["kind"])},
            _LABELS[post["visit"]],
        )
        for post in posts
        if post["split"] == "development"
    ]


def learn(examples: Sequence[Example]) -> dict[str, tuple[int, int]]:
    """Return what each word adds to a bad and to a good visit, in steps; none that adds nothing.

    How often visits are bad is left out: among labelled posts that is not as in life.
    """
    seen = Counter(key for example in examples for key in example.keys)
    names = sorted(key for key, posts in seen.items() if posts >= _FEWEST_POSTS)
    machine = LogisticRegression(C=_SOFTNESS, max_iter=1_000)
    with threadpool_limits(1):  # sums in the same order on any machine
        machine.fit(_matrix(examples, names), [example.label for example in examples])
    bad, neither, good = machine.coef_
    steps = np.round(_TRUST * STEPS * np.stack((bad - neither, good - neither), axis=1))
    return {
        name: (int(to_bad), int(to_good))
        for name, (to_bad, to_good) in zip(names, steps, strict=True)
        if to_bad or to_good
    }


def _matrix(examples: Iterable[Example], names: Sequence[str]) -> csr_matrix:
    numbers = {name: number for number, name in enumerate(names)}
    rows = [sorted(numbers[key] for key in one.keys if key in numbers) for one in examples]
    bounds = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.array(row, np.int32) for row in rows])
    return csr_matrix((np.ones(len(columns)), columns, bounds), (len(rows), len(names)))
