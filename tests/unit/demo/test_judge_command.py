"""The judge as a command: it reads a run's files, and its exit status is its verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo.day import Expected, Truth
from demo.inbox import Mail
from demo.judge import read_letters
from demo.judge.__main__ import main
from demo.ledger import read_ledger, to_json
from demo.receivers import address_of
from demo.slack import Call

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MUSEUMS = ("louvre", "moma")
STORY = "mastodon:https://social.example/" + "a-very-long-path/" * 12
RULES = ("negative_post", "viral_post")
TRUTH = Truth(
    expected=tuple(
        Expected(museum_id=museum_id, story_id=STORY, rules=RULES, why="a loud complaint")
        for museum_id in MUSEUMS
    )
)
FILES = ["--day", ".", "--slack", "slack.jsonl", "--mail", "mails", "--mail-ledger", "mails.jsonl"]
TEXT = "Two hours in the queue. Never again!"
REGISTER = """
museums:
  - {museum_id: louvre, name: Louvre, timezone: Europe/Paris, words: [Louvre]}
  - {museum_id: moma, name: MoMA, timezone: America/New_York, words: [MoMA]}
"""
POST = {"post_id": STORY, "text": TEXT, "created_at": "2026-11-23T09:00:00Z"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of a run in which all is well."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "truth.json").write_text(TRUTH.model_dump_json())
    (tmp_path / "museums.yaml").write_text(REGISTER)
    (tmp_path / "posts.jsonl").write_text(json.dumps(POST) + "\n")
    write_calls(tmp_path, MUSEUMS)
    mails = [write_mail(tmp_path / "mails", n, museum) for n, museum in enumerate(MUSEUMS, 1)]
    (tmp_path / "mails.jsonl").write_text("".join(to_json(mail) + "\n" for mail in mails))
    return tmp_path


def write_calls(folder: Path, museum_ids: tuple[str, ...]) -> None:
    calls = []
    for number, museum_id in enumerate(museum_ids, start=1):
        payload = {
            "museum_id": museum_id,
            "story_id": STORY,
            "rules": list(RULES),
            "record_timestamp": int(NOW.timestamp() * 1000),
        }
        call = Call(
            number=number,
            arrived_at=NOW + timedelta(seconds=3),
            method="chat.postMessage",
            channel=address_of("default", "slack"),
            arguments={
                "text": f"An alert: {TEXT}",
                "metadata": json.dumps({"event_type": "alert", "event_payload": payload}),
            },
            status=200,
            ts=f"{number}.000000",
        )
        calls.append(to_json(call) + "\n")
    (folder / "slack.jsonl").write_text("".join(calls))


def write_mail(folder: Path, number: int, museum_id: str) -> Mail:
    mail = EmailMessage()
    mail["Message-ID"] = f"<{number}@localhost>"
    mail["X-Passaparola-Museum"] = museum_id
    mail["X-Passaparola-Story"] = STORY
    mail["X-Passaparola-Rules"] = ", ".join(RULES)
    mail["X-Passaparola-Record-Timestamp"] = str(int(NOW.timestamp() * 1000))
    mail.set_content(f"An alert\n\n> {TEXT}", cte="quoted-printable")
    page = f"<h2>An alert</h2><blockquote>{TEXT.replace(' ', '&#32;')}</blockquote>"
    mail.add_alternative(page, subtype="html", cte="base64")
    name = f"{number:04d}-museum@localhost.eml"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(mail.as_bytes())
    return Mail(
        number=number,
        arrived_at=NOW + timedelta(seconds=2),
        sender="passaparola@localhost",
        recipients=(address_of("default", "email"),),
        file=name,
        reply="250 OK",
    )


def status(monkeypatch: pytest.MonkeyPatch, *options: str) -> object:
    monkeypatch.setattr("sys.argv", ["demo.judge", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_mails_are_read_from_their_files(run: Path) -> None:
    """Long ids too, which a mail folds."""
    mails = read_ledger(run / "mails.jsonl", Mail)
    letters = read_letters(run / "mails", mails)
    assert [letter.museum_id for letter in letters] == list(MUSEUMS)
    assert {letter.story_id for letter in letters} == {STORY}
    assert {letter.rules for letter in letters} == {frozenset(RULES)}
    assert {letter.seconds for letter in letters} == {2.0}
    assert {letter.address for letter in letters} == {"default@museum.example"}
    assert [[TEXT in form for form in letter.forms] for letter in letters] == [[True, True]] * 2


def test_a_mail_to_two_mailboxes_came_to_both(run: Path) -> None:
    (mail, _) = read_ledger(run / "mails.jsonl", Mail)
    both = mail.model_copy(update={"recipients": ("a@localhost", "b@localhost")})
    refused = mail.model_copy(update={"file": None})
    letters = read_letters(run / "mails", [both, refused])
    assert [letter.address for letter in letters] == ["a@localhost", "b@localhost"]


def test_a_good_run_is_status_0(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(monkeypatch, *FILES) == 0
    printed = capsys.readouterr().out
    assert "All as expected." in printed
    assert "2.50 s" in printed


def test_a_bad_run_is_status_1(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_calls(run, MUSEUMS[:1])
    assert status(monkeypatch, *FILES) == 1
    assert f"missed: slack to default: moma {STORY}: a loud complaint" in capsys.readouterr().out
    assert status(monkeypatch, *FILES, "--json") == 1
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["passed"] is False
    assert [found["kind"] for found in verdict["findings"]] == ["missed"]


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("truth.json", "truth.json"),
        ("slack.jsonl", "slack.jsonl"),
        ("mails.jsonl", "mails.jsonl"),
        ("mails", "mails/0001-museum@localhost.eml"),
    ],
)
def test_a_missing_file_is_named(
    run: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    named: str,
) -> None:
    (run / missing).rename(run / "elsewhere")
    assert status(monkeypatch, *FILES) == 2
    assert f"{named}: No such file or directory" in capsys.readouterr().err


def test_a_ledger_that_is_none_is_said(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "slack.jsonl").write_text("no ledger\n")
    assert status(monkeypatch, *FILES) == 2
    assert "a ledger cannot be read" in capsys.readouterr().err
