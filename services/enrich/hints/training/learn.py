"""From labelled posts to hints: logistic regressions over their words, of visit and of urgency.

docs/labels.md has the rules of labelling and the shape of a line. Posts that are held out are not
read.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from ...phrases.library import book_of
from ..table import STEPS, Hint
from ..words import keys, kind_key

_LABELS = {"negative": 0, "neutral": 1, "none": 1, "positive": 2}
_FEWEST_POSTS = 3
_SOFTNESS = {"visit": 0.3, "alarm": 1.0}
_FOLDS = 5
_TRUST = 0.7
"""What a hint counts beside what is plainly said, which has been seen to be right more often."""

_OF_DANGERS = re.compile("-fresh-[cde]-")
"""Families that were written to sound dangerous: they are no sample of what is said of visits."""


class Example(NamedTuple):
    """What is looked up of a post, whether its visit is bad (0), neither (1) or good (2), whether
    it is urgent, and the family of posts that say the same.
    """

    keys: frozenset[str]
    visit: int
    urgent: bool
    family: str


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
            post["urgency"] is not None,
            post["family"],
        )
        for post in posts
        if post["split"] == "development"
    ]


def learn(examples: Sequence[Example]) -> dict[str, Hint]:
    """Return what each word adds, in steps; none that adds nothing."""
    visit = _learn_visit([one for one in examples if not _OF_DANGERS.search(one.family)])
    alarm = _learn_alarm(examples)
    hints = {
        name: (*visit.get(name, (0, 0)), alarm.get(name, 0)) for name in visit.keys() | alarm.keys()
    }
    return {name: hint for name, hint in hints.items() if any(hint)}


def _learn_visit(examples: Sequence[Example]) -> dict[str, tuple[int, int]]:
    """How often visits are bad is left out: among labelled posts that is not as in life."""
    names = _names(examples)
    machine = _regression("visit", _matrix(examples, names), [one.visit for one in examples])
    bad, neither, good = _TRUST * machine.coef_
    steps = zip(_steps(bad - neither), _steps(good - neither), strict=True)
    return dict(zip(names, steps, strict=True))


def _learn_alarm(examples: Sequence[Example]) -> dict[str, int]:
    names = _names(examples)
    machine = _regression("alarm", _matrix(examples, names), [one.urgent for one in examples])
    # A post is of one kind, so that its kind can stand for how often posts are urgent.
    usual = [machine.intercept_[0] if name.startswith(kind_key("")) else 0.0 for name in names]
    return dict(zip(names, _steps(machine.coef_[0] + usual), strict=True))


def _steps(odds: NDArray[np.float64]) -> list[int]:
    return [int(step) for step in np.round(STEPS * odds)]


def unlearned_alarms(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Return the alarm of each example in log-odds, by what the other families teach."""
    alarm = np.zeros(len(examples))
    folds = GroupKFold(_FOLDS).split(examples, groups=[example.family for example in examples])
    for others, these in folds:
        known = [examples[number] for number in others]
        names = _names(known)
        urgent = [example.urgent for example in known]
        machine = _regression("alarm", _matrix(known, names), urgent)
        asked = _matrix([examples[number] for number in these], names)
        alarm[these] = machine.decision_function(asked)
    return alarm


def _names(examples: Sequence[Example]) -> list[str]:
    seen = Counter(key for example in examples for key in example.keys)
    return sorted(key for key, posts in seen.items() if posts >= _FEWEST_POSTS)


def _regression(
    what: str, table: csr_matrix, labels: Sequence[int] | Sequence[bool]
) -> LogisticRegression:
    machine = LogisticRegression(C=_SOFTNESS[what], max_iter=1_000)
    with threadpool_limits(1):  # sums in the same order on any machine
        return machine.fit(table, labels)


def _matrix(examples: Iterable[Example], names: Sequence[str]) -> csr_matrix:
    numbers = {name: number for number, name in enumerate(names)}
    rows = [sorted(numbers[key] for key in one.keys if key in numbers) for one in examples]
    bounds = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.array(row, np.int32) for row in rows])
    return csr_matrix((np.ones(len(columns)), columns, bounds), (len(rows), len(names)))
