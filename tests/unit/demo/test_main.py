"""The command tells what hinders it in a sentence, and asks the shell for nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.console import Console

from demo import __main__ as command
from demo.day import Day
from demo.judge import Verdict
from demo.play import Played

FINE = Verdict(expected=0, sent=0, struck=0, repeated=0, seconds=(), findings=())


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr("sys.argv", ["demo", *options])
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return command.main()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What a day that is played finds in the environment."""
    seen: dict[str, str] = {}

    async def play(_day: Day, folder: Path, _console: Console, *, speed: float) -> Played:
        seen.update(os.environ, speed=str(speed))
        return Played(FINE, folder, {}, {})

    monkeypatch.setattr(command, "play", play)
    return seen


def test_a_kafka_and_a_database_of_the_shell_are_not_touched(
    monkeypatch: pytest.MonkeyPatch, seen: dict[str, str]
) -> None:
    monkeypatch.setenv("PASSAPAROLA_KAFKA__BOOTSTRAP", "kafka.example:9092")
    monkeypatch.setenv("PASSAPAROLA_DATABASE__URL", "postgresql://alerts@db.example/alerts")
    monkeypatch.setenv("PASSAPAROLA_CACHE", "/var/cache/passaparola")
    assert run(monkeypatch) == 0
    found = {name for name in seen if name.startswith("PASSAPAROLA_")}
    assert found == {"PASSAPAROLA_CACHE"}


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(monkeypatch, "--folder", str(tmp_path)) == 1
    assert "holds what no demo has written" in " ".join(capsys.readouterr().out.split())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert run(monkeypatch, "--folder", str(tmp_path / "file" / "demo")) == 1
    said = capsys.readouterr().out
    assert said.startswith("error: ")
    assert "Not a directory" in " ".join(said.split())


@pytest.mark.parametrize(
    ("lost", "deaths", "said"),
    [
        ({"counted": -2}, {}, "-2 lines came to be counted"),
        ({}, {"enrich": 1}, "enrich died 1 time(s) during the day"),
    ],
)
def test_a_run_with_a_trouble_has_not_passed(
    lost: dict[str, int], deaths: dict[str, int], said: str
) -> None:
    played = Played(FINE, Path("mails"), lost, deaths)
    assert not played.passed
    (trouble,) = played.troubles
    assert said in trouble
    assert Played(FINE, Path("mails"), {}, {}).passed
