"""Unpacked tables are kept; what cannot be read is unpacked again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from services.enrich import language_tables as module
from services.enrich.language_tables import Tables, tables_of

TABLES = Tables(
    classes=np.arange(256, dtype=np.uint8),
    rows=np.array([0, 256], np.uint32),
    steps=np.arange(512, dtype=np.uint32),
    features=np.array([-1, 0], np.int32),
    weights=np.array([[0.5, 0.25]], np.float16),
    usual=np.array([-1.0, -2.0]),
    codes=np.array(["de", "sr"]),
    again=np.array([[0, 1]]),
)


class Library:
    """Stands in for py3langid, and counts."""

    def __init__(self) -> None:
        self.unpacked = 0

    def __call__(self, languages: object) -> Tables:
        self.unpacked += 1
        return TABLES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_FOLDER", tmp_path / "__pycache__")
    return tmp_path / "__pycache__"


@pytest.fixture
def library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setattr(module, "_unpack", library)
    return library


def assert_same(tables: Tables) -> None:
    for found, expected in zip(map(np.asarray, tables), map(np.asarray, TABLES), strict=True):
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()


def test_they_are_unpacked_once_for_the_same_languages(library: Library) -> None:
    for _ in range(3):
        assert_same(tables_of(["de", "sr"]))
    assert library.unpacked == 1
    tables_of(["de"])
    assert library.unpacked == 2


@pytest.mark.parametrize("left", [0, 4, 300, -100])
def test_what_was_cut_off_is_unpacked_again(library: Library, folder: Path, left: int) -> None:
    tables_of(["de", "sr"])
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:left])
    assert_same(tables_of(["de", "sr"]))
    assert library.unpacked == 2
    assert_same(tables_of(["de", "sr"]))
    assert library.unpacked == 2


def test_where_nothing_can_be_kept_they_are_unpacked(library: Library, folder: Path) -> None:
    folder.write_text("in the way")
    for _ in range(2):
        assert_same(tables_of(["de", "sr"]))
    assert library.unpacked == 2
