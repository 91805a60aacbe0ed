"""The options of ``passaparola replay``; what it does to a file is tested on a real Kafka."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from services.ingest.connectors.replay import ReplayRefused


@pytest.mark.parametrize("speed", ["nonsense", "0", "-1", "nan", "inf", "", "1x"])
def test_a_speed_that_is_none_is_refused(speed: str, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("{}\n")
    called = CliRunner().invoke(
        app, ["replay", str(file), "--speed", speed], env={"COLUMNS": "200"}
    )
    assert called.exit_code == 2
    assert "--speed: a factor such as 1 or 60, or max" in called.stderr


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("none.jsonl", [], "none.jsonl: No such file or directory"),
        ("posts.xlsx", [], "posts.xlsx: not a kind of file that can be replayed"),
        ("posts.jsonl", ["--map", "none.yaml"], "none.yaml"),
        ("posts.csv", [], "no column post_id"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_told_before_anything_else(
    name: str, options: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("posts.jsonl").write_text("{}\n")
    Path("posts.csv").write_text("id,text\n1,hello\n")
    called = CliRunner().invoke(app, ["replay", name, *options])
    assert isinstance(called.exception, ReplayRefused)
    assert told in str(called.exception)
