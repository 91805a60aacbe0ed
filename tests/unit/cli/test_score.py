"""``passaparola score``: one text, or lines of posts, edits, snapshots and removals."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from schemas import EnrichedPost, decode
from services.ingest.register_file import RegisterRefused

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def score(text: str, register: Path | None, stdin: bytes = b"") -> Result:
    options = [] if register is None else ["--museums", str(register)]
    return CliRunner().invoke(app, ["score", *options, "--", text], input=stdin)


def events(result: Result) -> list[EnrichedPost]:
    return [decode(EnrichedPost, line) for line in result.stdout_bytes.splitlines()]


def line(post_id: str = "x:1", /, **fields: Any) -> bytes:
    given = {"post_id": post_id, "created_at": AT.isoformat(), "text": "so good #louvre"}
    return json.dumps(given | fields).encode() + b"\n"


def snapshot(hours: int, **counters: int) -> bytes:
    at = (AT + timedelta(hours=hours)).isoformat()
    return line(type="engagement", observed_at=at, created_at=None, text=None, **counters)


def test_a_text_is_matched_understood_and_scored(register: Path) -> None:
    scored = score("Coda di due ore al Louvre, che peccato #louvre", register)
    assert scored.exit_code == 0
    (event,) = events(scored)
    assert (event.museum_id, event.text) == (
        "louvre",
        "Coda di due ore al Louvre, che peccato #louvre",
    )
    assert event.language.code == "it"
    assert event.sentiment.label == "negative"
    assert [(match.kind, match.value) for match in event.matches] == [("hashtag", "louvre")]
    assert event.counters is None
    assert (event.revision, event.reason) == (1, "post")


def test_a_text_about_two_museums_is_two_events(register: Path) -> None:
    scored = score("from the #Louvre to the #MoMA in a day", register)
    assert [(e.museum_id, e.matches[0].museum_id) for e in events(scored)] == [
        ("louvre", "louvre"),
        ("moma", "moma"),
    ]


@pytest.mark.parametrize("text", ["a queue, and no museum", "", "-1 out of 10", "\udcff"])
def test_a_text_about_no_museum_is_scored_as_unmatched(text: str, register: Path) -> None:
    scored = score(text, register)
    assert scored.exit_code == 0
    (event,) = events(scored)
    assert (event.museum_id, event.matches) == ("unmatched", ())


def test_without_a_register_it_takes_the_one_that_is_there(
    register: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(register.parent)
    assert events(score("#louvre", None))[0].museum_id == "louvre"
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert events(score("#louvre", None))[0].museum_id == "unmatched"
    missing = score("#louvre", Path("none.yaml"))
    assert isinstance(missing.exception, RegisterRefused)


def test_bad_lines_are_told_and_stop_nothing(register: Path) -> None:
    scored = score(
        "-",
        register,
        line("x:1")
        + b"\n"
        + b"my secret words\n"
        + b'"a string"\n'
        + b"\xff\xfe\n"
        + b"[" * 100_000
        + b"\n"
        + line("x:2", likes=-1)
        + line("x:3", created_at="2099-01-01T00:00:00Z")
        + line("x:4", created_at="yesterday")
        + line("x:5", type="letter")
        + line("x:6").rstrip(),
    )
    assert scored.exit_code == 1
    assert [event.post_id for event in events(scored)] == ["x:1", "x:6"]
    assert [text.split(": ")[:2] for text in scored.stderr.splitlines()] == [
        ["line 3", "not_json"],
        ["line 4", "not_an_object"],
        ["line 5", "not_json"],
        ["line 6", "not_json"],
        ["line 7", "negative_count"],
        ["line 8", "from_the_future"],
        ["line 9", "invalid_field"],
        ["line 10", "unknown_type"],
    ]
    assert "secret" not in scored.stderr


def test_several_lines_of_one_post_tell_its_story(register: Path) -> None:
    edited = (AT + timedelta(hours=1)).isoformat()
    scored = score(
        "-",
        register,
        line(text="so good #louvre")
        + line(text="so bad #louvre #moma", edited_at=edited)
        + snapshot(2, likes=10)
        + snapshot(3, likes=5_000)
        + snapshot(2, likes=10)
        + line(text="so good #louvre"),
    )
    assert scored.exit_code == 0
    told = [
        (e.museum_id, e.revision, e.reason, e.text.split(" #")[0], e.counters and e.counters.likes)
        for e in events(scored)
    ]
    last = [("louvre", 4, "snapshot", "so bad", 5_000), ("moma", 3, "snapshot", "so bad", 5_000)]
    assert told == [
        ("louvre", 1, "post", "so good", None),
        ("louvre", 2, "edit", "so bad", None),
        ("moma", 1, "edit", "so bad", None),
        ("louvre", 3, "snapshot", "so bad", 10),
        ("moma", 2, "snapshot", "so bad", 10),
        *last,
        *last,  # an older snapshot says nothing new
        *last,  # nor does an older version
    ]
    assert [e.engagement is not None for e in events(scored)] == [False] * 3 + [True] * 8
    scores = [e.engagement.score for e in events(scored) if e.engagement is not None]
    assert scores[0] < scores[-1]


def test_counters_beside_a_post_count(register: Path) -> None:
    (event,) = events(score("-", register, line(likes=3, replies=0)))
    assert event.counters is not None
    assert (event.counters.likes, event.counters.replies, event.counters.views) == (3, 0, None)


def test_a_snapshot_waits_for_its_post(register: Path) -> None:
    scored = events(score("-", register, snapshot(2, likes=10) + line()))
    assert [(e.post_id, e.counters and e.counters.likes) for e in scored] == [("x:1", 10)]


def test_a_removed_post_says_nothing_more(register: Path) -> None:
    gone = line(type="removal", observed_at=AT.isoformat(), created_at=None, text=None)
    scored = score("-", register, line() + gone + snapshot(2, likes=10) + line() + line("x:2"))
    assert [event.post_id for event in events(scored)] == ["x:1", "x:2"]


def test_what_is_printed_is_cleaned_as_the_services_clean_it(register: Path) -> None:
    scored = score("-", register, line(text="a\x07b \u202ec #Louvre", hashtags=["#Louvre"]))
    (event,) = events(scored)
    assert event.text == "ab c #Louvre"
    assert event.hashtags == ("louvre",)


def test_a_removal_of_an_account_is_told_and_not_passed_over(register: Path) -> None:
    gone = line(type="removal", scope="account", platform="x", author_id="7", observed_at=str(AT))
    scored = score("-", register, line() + gone)
    assert scored.exit_code == 1
    assert len(events(scored)) == 1
    assert "line 2: account_removal: give a removal of each post" in scored.stderr
