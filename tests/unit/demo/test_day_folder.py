"""A day survives its folder, and a folder that is no day is refused with what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from demo.day import DayError, compose, read_day, write_day
from demo.day.__main__ import main

DAY = compose(7)


def test_a_day_survives_its_folder(tmp_path: Path) -> None:
    write_day(DAY, tmp_path)
    assert read_day(tmp_path) == DAY


def test_the_command_writes_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["demo.day", "--seed", "7", "--out", str(tmp_path / "day")])
    main()
    assert read_day(tmp_path / "day") == DAY
    assert "expected: 11 stories on slack and email" in capsys.readouterr().out


def _truth(folder: Path, **changes: Any) -> None:
    write_day(DAY, folder)
    path = folder / "truth.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expected": 5}, "expected: Input should be a valid"),
        ({"exspected": []}, "exspected: Extra inputs are not permitted"),
        (
            {"expected": [{"museum_id": "nowhere", "story_id": "a:b", "rules": ["r"], "why": ""}]},
            "nowhere is expected to be told, but is not in museums.yaml",
        ),
        (
            {"expected": [{"museum_id": "louvre", "story_id": "a:b", "rules": ["r"], "why": ""}]},
            "a:b is expected, but no line of posts.jsonl",
        ),
        ({"expected": []}, "is to be struck at louvre, but not expected"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    _truth(tmp_path, **changes)
    with pytest.raises(DayError, match=said):
        read_day(tmp_path)


def test_a_story_is_expected_once_and_not_forbidden_too(tmp_path: Path) -> None:
    expected = json.loads(DAY.truth.model_dump_json())["expected"]
    _truth(tmp_path, expected=[*expected, expected[0]])
    with pytest.raises(DayError, match="expected twice"):
        read_day(tmp_path)
    _truth(tmp_path, forbidden=[{"story_id": expected[0]["story_id"], "why": "no"}])
    with pytest.raises(DayError, match="both expected and forbidden"):
        read_day(tmp_path)


@pytest.mark.parametrize("missing", ["posts.jsonl", "museums.yaml", "truth.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    write_day(DAY, tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(DayError, match=missing):
        read_day(tmp_path)


@pytest.mark.parametrize(
    ("register", "said"),
    [
        ("museums: {", "museums.yaml: line 1, column"),
        ("- louvre", "expected a list under 'museums:'"),
        ("museums: [{museum_id: Louvre, name: Louvre, timezone: Europe/Paris}]", "museum_id"),
        ("museums: [{museum_id: louvre, museum_id: orsay}]", "museum_id is there twice"),
    ],
)
def test_a_register_that_is_none_is_refused(tmp_path: Path, register: str, said: str) -> None:
    write_day(DAY, tmp_path)
    (tmp_path / "museums.yaml").write_text(register)
    with pytest.raises(DayError, match=said):
        read_day(tmp_path)


def test_a_register_is_read_as_it_will_be_put_in_force(tmp_path: Path) -> None:
    """YAML alone would take 18:30 for seconds, and no for a lie."""
    write_day(DAY, tmp_path)
    (tmp_path / "truth.json").write_text('{"expected": []}')
    (tmp_path / "museums.yaml").write_text(
        "museums: [{museum_id: orsay, name: no, timezone: Europe/Paris, words: [Orsay], "
        "opening_hours: [{days: [fri], opens: 10:00, closes: 18:30}]}]"
    )
    (museum,) = read_day(tmp_path).museums
    assert museum.name == "no"
    assert museum.opening_hours[0].closes == time(18, 30)


def test_a_story_has_the_texts_of_its_posts_and_of_their_thread() -> None:
    lines = (
        {"type": "post", "post_id": "a:1", "text": "Closed?"},
        {"post_id": "a:1", "text": "Closed!", "version": 2},
        {"post_id": "a:2", "thread_root": "a:1", "text": "Shame"},
        {"type": "engagement", "post_id": "a:1", "likes": 3},
        {"type": "post", "post_id": 7},
        ["post_id"],
    )
    posts = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    day = replace(DAY, posts=posts + b"no line\n" + b"[" * 100_000 + b"\n")
    assert day.texts == {"a:1": ("Closed?", "Closed!", "Shame"), "a:2": ("Shame",)}
