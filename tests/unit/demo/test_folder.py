"""The folder of a run is emptied of a run and of nothing else, and no two demos have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.folder import emptied
from services.common.errors import Fatal


def run_in(folder: Path) -> None:
    """Leave what a demo leaves."""
    with emptied(folder):
        for name in ("day", "mails", "system"):
            (folder / name).mkdir()
            (folder / name / "file").touch()
        for name in ("slack.jsonl", "mails.jsonl", "fates.jsonl"):
            (folder / name).touch()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_a_demo_left_is_gone_at_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "demo"
    run_in(folder)
    (folder / ".DS_Store").touch()
    with emptied(folder):
        assert names(folder) == {"lock", ".DS_Store"}


def test_a_run_that_broke_off_at_once_is_no_hindrance(tmp_path: Path) -> None:
    with emptied(tmp_path):
        (tmp_path / "day").mkdir()
    with emptied(tmp_path):
        assert names(tmp_path) == {"lock"}


@pytest.mark.parametrize("own", ["pyproject.toml", "day/truth.json", "kafka/topics"])
def test_a_folder_of_somebody_else_is_left_as_it_is(tmp_path: Path, own: str) -> None:
    path = tmp_path / own
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    with pytest.raises(Fatal, match="no demo has written"), emptied(tmp_path):
        pass
    assert path.read_text() == "mine"
    assert len(names(tmp_path)) == 1


def test_nor_is_one_with_a_run_and_something_else(tmp_path: Path) -> None:
    run_in(tmp_path)
    (tmp_path / "notes.txt").touch()
    before = names(tmp_path)
    with pytest.raises(Fatal, match="no demo has written"), emptied(tmp_path):
        pass
    assert names(tmp_path) == before


def test_a_second_demo_leaves_the_first_alone(tmp_path: Path) -> None:
    with emptied(tmp_path):
        (tmp_path / "system").mkdir()
        with pytest.raises(Fatal, match="in use"), emptied(tmp_path):
            pass
        assert names(tmp_path) == {"lock", "system"}
