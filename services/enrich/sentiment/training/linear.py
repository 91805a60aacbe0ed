"""Linear models, each a part of the stack: which rows it learns from, and how much each counts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from ..features import Floats, Ints

_ITERATIONS = 300


@dataclass(frozen=True)
class Task:
    """Learn ``labels`` from those rows that have a weight; ``softness`` is the SVM's C."""

    name: str
    labels: Ints
    weights: Floats
    softness: float
    tolerance: float = 1e-3


@dataclass(frozen=True)
class Part:
    """What a task came to: for each margin the weights of the buckets, and an intercept."""

    name: str
    weights: NDArray[np.float32]
    intercepts: Floats

    def margins(self, rows: csr_matrix) -> Floats:
        """Return the margins of texts, a row a text."""
        return np.asarray(rows @ self.weights.T.astype(np.float64) + self.intercepts)


def fit_all(rows: csr_matrix, tasks: Sequence[Task], seed: int) -> Iterator[Part]:
    """Yield what the tasks come to, in their order; each core takes one at a time."""
    several = Parallel(n_jobs=min(os.cpu_count() or 1, len(tasks)), return_as="generator")
    yield from several(delayed(_fit)(rows, task, seed) for task in tasks)


def _fit(rows: csr_matrix, task: Task, seed: int) -> Part:
    chosen = np.flatnonzero(task.weights)
    machine = LinearSVC(
        C=task.softness, tol=task.tolerance, max_iter=_ITERATIONS, random_state=seed
    )
    machine.fit(rows[chosen], task.labels[chosen], sample_weight=task.weights[chosen])
    return Part(task.name, machine.coef_.astype(np.float32), machine.intercept_)
