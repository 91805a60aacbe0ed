"""The sentiment benchmark scores any folder, and says when a model has seen what it judges."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from joblib import parallel_config

from benchmarks.sentiment import main
from benchmarks.sentiment_result import align
from tests.unit.services.enrich.sentiment.folder import LANGUAGES, make_folder, make_rows, write

Printed = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_folder(tmp_path_factory.mktemp("texts"))
    chance = random.Random(9)
    for language in LANGUAGES:
        rows = make_rows(chance, language, 12, ("neg", "neu", "pos"))
        write(folder / f"umsab_{language}.test.tsv.gz", rows)
    return folder


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PASSAPAROLA_DATA", raising=False)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks.sentiment", *map(str, arguments)])
    main()


def test_the_shipped_model_on_texts_that_are_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    run(monkeypatch, "--data", folder, "--split", "test")
    lines = capsys.readouterr().out.splitlines()
    assert "Leak check: 0 of 96 texts are near-duplicates of training texts." in lines
    table = [line for line in lines[-11:-1] if line.startswith("|")]
    assert [row.split()[1] for row in table[-9:]] == [*LANGUAGES, "average"]
    assert re.fullmatch(r"average macro-F1: \d+\.\d", lines[-1])


def test_texts_that_were_learned_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    run(monkeypatch, "--data", folder, "--split", "val")
    assert "SEEN IN TRAINING: the shipped model has learned from val" in capsys.readouterr().out


def test_without_the_texts_of_training_the_check_is_not_claimed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    for path in folder.glob("*.test.tsv.gz"):
        (tmp_path / path.name).symlink_to(path)
    run(monkeypatch, "--data", tmp_path, "--split", "test")
    assert "Leak check: not made." in capsys.readouterr().out


def test_a_model_fitted_on_another_split(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    with parallel_config(backend="sequential"):  # more processes cost seconds, and give the same
        run(monkeypatch, "--data", folder, "--split", "test", "--fit", "train")
    printed = capsys.readouterr().out
    assert "fitted on train, judged on test" in printed
    assert float(printed.rsplit(maxsplit=1)[-1]) > 90, "each text has two words that tell"


def test_a_folder_without_the_split_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="holds no umsab_<language>"):
        run(monkeypatch, "--data", tmp_path, "--split", "test")


def test_tables_read_well_and_are_markdown() -> None:
    assert align(("", "score"), [("en", "64.4")]) == (
        "|     | score |\n| --- | ----: |\n| en  |  64.4 |"
    )
