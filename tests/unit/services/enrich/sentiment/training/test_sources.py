"""The data folder is read as it is, and what is wrong with it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.common.errors import Fatal
from services.enrich.sentiment.training.provenance import provenance
from services.enrich.sentiment.training.sources import (
    Row,
    read_benchmark,
    read_externals,
    read_words,
)
from tests.unit.services.enrich.sentiment.folder import make_folder, write


def test_rows_by_split_and_source(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    assert len(read_benchmark(folder, "val")) == 8 * 15
    assert {row.source for row in read_externals(folder)} == {
        *("semeval17", "elsahar_X", "multiemotions", "mozetic_en", "xed_it", "allocine")
    }
    assert len(read_words(folder)) == 8


def test_literal_escapes_are_undone(tmp_path: Path) -> None:
    write(tmp_path / "umsab_en.val.tsv.gz", iter([r"en	pos	it\u2019s	fine"]))
    assert read_benchmark(tmp_path, "val") == [Row("it’s\tfine", "en", 2, "umsab_en.val")]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"holds no umsab_<language>\.test\.tsv\.gz"):
        read_benchmark(tmp_path, "test")
    with pytest.raises(Fatal, match="name the folder of labelled texts"):
        read_externals(tmp_path)
    assert read_words(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [("en\tmeh\tx", "line 2: the label is 'meh'"), ("en pos x", "line 2: not three fields")],
)
def test_a_bad_line_is_told(tmp_path: Path, line: str, told: str) -> None:
    write(tmp_path / "umsab_en.val.tsv.gz", iter(["en\tpos\tx", line]))
    with pytest.raises(Fatal, match=told):
        read_benchmark(tmp_path, "val")


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "semeval17.tsv.gz").write_bytes(b"not gzip")
    with pytest.raises(Fatal, match="cannot be read"):
        read_externals(tmp_path)


def test_provenance() -> None:
    assert provenance("umsab_it.val").terms == "CC BY-NC-SA 3.0 IT"
    assert provenance("umsab_en.val").origin == "cardiffnlp/xlm-t"
    assert provenance("mine").terms == "not known to this program"
