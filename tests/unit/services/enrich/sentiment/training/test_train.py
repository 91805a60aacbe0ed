"""Training learns what a made-up folder teaches, the same bytes each time, and leaks nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from joblib import parallel_config

from services.enrich.reading import Text
from services.enrich.sentiment import load_model
from services.enrich.sentiment.manifest import Manifest
from services.enrich.sentiment.training.corpus import Corpus
from services.enrich.sentiment.training.fit import FOLDS, folds
from services.enrich.sentiment.training.progress import silent
from services.enrich.sentiment.training.sources import read_benchmark
from services.enrich.sentiment.training.train import train, write_model
from tests.unit.services.enrich.sentiment.folder import TELLING, make_folder, write

Trained = tuple[bytes, Manifest, Corpus]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_folder(tmp_path_factory.mktemp("texts"))
    (copied,) = (row for row in read_benchmark(folder, "val")[:1])
    write(folder / "mozetic_de.tsv.gz", iter([f"de\tneg\tRT @user: {copied.text.upper()} !!!"]))
    return folder


@pytest.fixture(scope="module")
def trained(folder: Path) -> Trained:
    return train(folder, 1, silent)


def test_what_it_learns(trained: Trained, tmp_path: Path) -> None:
    write_model(trained[0], trained[1], tmp_path)
    model = load_model(tmp_path)
    for language in ("en", "it", "sv"):
        for label, told in (("neg", "negative"), ("pos", "positive"), ("neu", "neutral")):
            (reading,) = model.read([Text(f"w1 {' '.join(TELLING[label][:3])} w2", language)])
            assert reading.sentiment.label == told


def test_the_same_again_bit_for_bit(trained: Trained, folder: Path) -> None:
    """In one process as in several."""
    with parallel_config(backend="sequential"):
        data, manifest, _ = train(folder, 1, silent)
    assert data == trained[0]
    assert manifest == trained[1]


def test_a_near_duplicate_of_the_benchmark_is_dropped(trained: Trained) -> None:
    assert trained[2].dropped == {"mozetic_de": 1}
    assert "mozetic_de" not in {source.name for source in trained[1].sources}


def test_the_manifest_tells_what_it_is(trained: Trained) -> None:
    manifest = trained[1]
    rows = {source.name: source.rows for source in manifest.sources}
    assert rows["semeval17"] == 600
    assert rows["umsab_it.train"] == 60
    (measured,) = manifest.measured
    assert measured.rows == 8 * 75
    assert measured.average_macro_f1 > 90
    assert set(manifest.libraries) == {"python", "numpy", "scipy", "scikit-learn"}


def test_near_duplicates_are_in_one_fold(trained: Trained) -> None:
    corpus = trained[2]
    fold = folds(corpus, 1)
    assert set(fold.tolist()) == set(range(FOLDS))
    for group in np.unique(corpus.groups):
        assert len(set(fold[corpus.groups == group].tolist())) == 1
