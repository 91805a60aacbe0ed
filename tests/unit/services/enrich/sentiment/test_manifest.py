"""A model folder that is not whole stops the start with a sentence that says what to do."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from services.common.errors import Fatal
from services.enrich.sentiment import load_model
from services.enrich.sentiment.manifest import MANIFEST, WEIGHTS, read_manifest
from services.enrich.sentiment.model import SHIPPED, TableModel
from services.enrich.sentiment.table import parse_weights, write_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def change(folder: Path, **fields: object) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_the_shipped_model_is_whole_and_small() -> None:
    manifest = read_manifest(SHIPPED)
    assert manifest.size == (SHIPPED / WEIGHTS).stat().st_size
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 8_000_000
    assert load_model().name == manifest.full_name
    assert {source.name for source in manifest.sources} >= {"umsab_it.train", "umsab_it.val"}
    assert not any("test" in source.name for source in manifest.sources)


def test_a_copy_of_it_is_the_same_model(folder: Path) -> None:
    assert load_model(folder).name == load_model().name


def test_a_wrong_hash_stops_the_start(folder: Path) -> None:
    weights = bytearray((folder / WEIGHTS).read_bytes())
    weights[1_000] ^= 1
    (folder / WEIGHTS).write_bytes(weights)
    with pytest.raises(Fatal, match="is not the file that its manifest names"):
        TableModel.open(folder)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"format": 0}, "train it again with `passaparola model train`"),
        ({"sha256": 3}, "sha256: Input should be a valid string"),
        ({"languages": ["en"]}, "languages: Value error, the last must be 'other'"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_a_manifest_of_another_kind(folder: Path, fields: dict[str, object], told: str) -> None:
    change(folder, **fields)
    with pytest.raises(Fatal, match=told):
        TableModel.open(folder)


def test_what_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / WEIGHTS).unlink()
    with pytest.raises(Fatal, match=r"weights\.npz cannot be read: No such file"):
        TableModel.open(folder)
    with pytest.raises(Fatal, match=r"has no manifest\.json"):
        TableModel.open(tmp_path)
    with pytest.raises(Fatal, match=r"neither manifest\.json nor model\.onnx"):
        load_model(tmp_path / "nowhere")


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(Fatal, match="grams have the shape"):
        parse_weights((SHIPPED / WEIGHTS).read_bytes(), 3)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", pickle.dumps({"grams": 1})])
def test_what_is_no_npz_is_refused(data: bytes) -> None:
    with pytest.raises(Fatal, match="weights cannot be read"):
        parse_weights(data, 9)


def test_a_pickle_within_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, grams=np.array([{}], dtype=object))
    with pytest.raises(Fatal, match="allow_pickle=False"):
        parse_weights(path.read_bytes(), 9)


def test_the_same_weights_are_the_same_bytes() -> None:
    weights = parse_weights((SHIPPED / WEIGHTS).read_bytes(), 9)
    assert write_weights(weights) == write_weights(weights) == (SHIPPED / WEIGHTS).read_bytes()
