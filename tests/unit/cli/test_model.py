"""``passaparola model`` tells of the shipped model, trains, measures and compares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joblib import parallel_config
from typer.testing import CliRunner, Result

from cli.__main__ import app, main
from services.enrich.sentiment import load_model
from services.enrich.sentiment.manifest import read_manifest
from tests.unit.services.enrich.sentiment.folder import make_folder
from tests.unit.services.enrich.sentiment.test_transformer import make as make_transformer


def model(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["model", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("texts"))


@pytest.fixture(scope="module")
def trained(folder: Path) -> Path:
    with parallel_config(backend="sequential"):  # more processes cost seconds, and give the same
        done = model("train", "--data", folder, "--out", folder / "model")
    assert done.exit_code == 0, done.output
    assert "dropped from the others: 0" in done.output
    return folder / "model"


def test_info_tells_of_the_shipped_model() -> None:
    told = model("info").output
    assert load_model().name in told
    assert "average macro-F1" in told
    assert "CC BY-NC-SA 3.0 IT" in told
    assert "MB, sha256" in told


def test_info_of_what_was_trained(trained: Path) -> None:
    assert read_manifest(trained).full_name in model("info", "--model", trained).output


def test_evaluate_prints_a_table(folder: Path, trained: Path) -> None:
    told = model("evaluate", "--data", folder, "--split", "val", "--model", trained)
    assert told.stderr.startswith("SEEN IN TRAINING: the model has learned from 120 of these 120")
    lines = told.stdout.splitlines()
    assert lines[0].endswith("on 120 texts")
    assert [line.split()[0] for line in lines[2:10]] == "ar de en es fr hi it pt".split()
    assert lines[-1].startswith("average macro-F1: ")


def test_the_model_that_enrich_uses_is_the_one_told_of(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSAPAROLA_SENTIMENT_MODEL", str(trained))
    assert read_manifest(trained).full_name in model("info").output
    assert load_model().name in model("info", "--model", "shipped").output
    scored = CliRunner().invoke(app, ["score", "Two hours in the queue, what a pity"])
    assert read_manifest(trained).full_name in scored.output
    monkeypatch.setenv("PASSAPAROLA_SENTIMENT_MODEL", str(tmp_path / "none"))
    assert "no sentiment model in" in str(CliRunner().invoke(app, ["score", "x"]).exception)


def test_info_of_a_transformer_says_what_is_not_known(tmp_path: Path) -> None:
    told = model("info", "--model", make_transformer(tmp_path / "mine"))
    assert told.exit_code == 0
    assert "mine-" in told.output
    assert "a transformer" in told.output


def test_the_folder_may_come_from_the_environment(
    folder: Path, trained: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sentiment").symlink_to(folder)
    monkeypatch.setenv("PASSAPAROLA_DATA", str(tmp_path))
    assert model("evaluate", "--split", "val", "--model", trained).exit_code == 0
    monkeypatch.delenv("PASSAPAROLA_DATA")
    told = model("evaluate", "--split", "val")
    assert told.exit_code == 1
    assert "name their folder with --data or set PASSAPAROLA_DATA" in told.output


def test_diff_counts_and_shows_what_changes(trained: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    changing = "opens on monday, floor and garden: wonderful, wonderful!"
    lines = [json.dumps({"text": text, "lang": "en"}) for text in (changing, "dirty bad awful")]
    posts.write_text("\n".join([*lines, "", "great lovely superb kind"]))
    told = model("diff", "shipped", trained, posts).output
    assert told == (
        f"1 of 3 texts change their label\n\nen  positive → neutral  1\n    {changing}\n"
    )


def test_diff_of_a_model_with_itself_is_nothing(tmp_path: Path) -> None:
    posts = tmp_path / "posts.txt"
    posts.write_text("so good\nso bad\n")
    assert model("diff", "shipped", "shipped", posts).output == "0 of 2 texts change their label\n"


@pytest.mark.parametrize(
    "line", ['{"body": "x"}', '{"text": null}', '{"text": "x", "lang": 5}', '{"text": "x"']
)
def test_a_line_that_is_no_post_is_told(line: str, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text(f"{line}\n")
    told = model("diff", "shipped", "shipped", posts)
    assert told.exit_code == 1
    assert "must be a JSON object with `text`" in told.output


def test_a_folder_without_a_model_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["passaparola", "model", "info", "--model", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert f"no sentiment model in {tmp_path}: it has no manifest.json" in capsys.readouterr().err


def test_every_help_has_an_example() -> None:
    for command in ("info", "train", "evaluate", "diff"):
        assert "passaparola model" in model(command, "--help").output.partition("Example")[2]
