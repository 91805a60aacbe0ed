"""Training from a data folder to a model folder, measured on the way by cross-validation."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import numpy as np

from schemas import Sentiment

from ..answers import answers
from ..evaluation import measure
from ..manifest import FORMAT, MANIFEST, WEIGHTS, Manifest, Measured, Source
from ..table import Weights, write_weights
from .corpus import Corpus, read_corpus
from .fit import FLOOR, FOLDS, Fitted, fit
from .progress import Progress
from .provenance import provenance
from .sources import TABLES, read_benchmark

NAME = "ngrams"
SPLITS = ("train", "val")
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def train(folder: Path, seed: int, progress: Progress) -> tuple[bytes, Manifest, Corpus]:
    """Train on all of a data folder; return the weights' file, its manifest, and what was read."""
    rows = [row for split in SPLITS for row in read_benchmark(folder, split)]
    corpus = read_corpus(folder, rows, seed, progress)
    fitted = fit(corpus, np.ones(len(rows), bool), seed, progress)
    measured = measure(f"cross-validation in {FOLDS} folds", rows, judge_held_out(fitted))
    data, manifest = describe(fitted.weights, corpus, seed, (measured,))
    return data, manifest, corpus


def write_model(data: bytes, manifest: Manifest, folder: Path) -> None:
    """Write a model folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(data)
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def describe(
    weights: Weights, corpus: Corpus, seed: int, measured: tuple[Measured, ...]
) -> tuple[bytes, Manifest]:
    """Return the weights' file and its manifest; the version is how the file's hash begins."""
    data = write_weights(weights)
    digest = hashlib.sha256(data).hexdigest()
    learned = corpus.learned + Counter(row.source for row in corpus.rows)
    return data, Manifest(
        format=FORMAT,
        name=NAME,
        version=digest[:8],
        sha256=digest,
        size=len(data),
        languages=TABLES,
        seed=seed,
        libraries={"python": platform.python_version()}
        | {library: version(library) for library in _LIBRARIES},
        sources=tuple(
            Source(name=name, rows=learned[name], **provenance(name)._asdict())
            for name in sorted(learned)
        ),
        measured=measured,
    )


def judge_held_out(fitted: Fitted) -> list[Sentiment]:
    """Return the answers to the benchmark's rows, each by a model that has not seen it."""
    logits = fitted.held_out
    return list(answers(NAME, logits, np.full(len(logits), FLOOR), [()] * len(logits)))
