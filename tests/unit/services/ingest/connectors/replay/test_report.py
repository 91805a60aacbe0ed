"""The report of a replay: it goes on where it was, and never takes another file for its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.ingest.connectors.replay.lines import Line, ReplayRefused
from services.ingest.connectors.replay.reader import Entry
from services.ingest.connectors.replay.report import Report
from services.ingest.observations import Fate, Outcome


def told(path: Path, after: int, *numbers: int) -> None:
    report = Report(path, after)
    try:
        for number in numbers:
            entry = Entry(Line(number, 0, 1, b"x"), (), f"mastodon:{number}", None)
            report.add([entry], [Outcome(Fate.PUBLISHED)])
    finally:
        report.close()


def lines(path: Path) -> list[int]:
    return [json.loads(line)["line"] for line in path.read_text().splitlines()]


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_it_goes_on_after_a_line_and_cuts_off_what_a_kill_left(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    told(path, 0, 1, 2, 3)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[2][:cut])
    told(path, 2, 3, 4)
    assert lines(path) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "there",
    [
        b"dear diary",
        b"dear diary\n",
        b"a,b\n1,2\n",
        b'{"post_id": "x:1"}\n',
        b'{"line": "x"}\n',
        b"[1]\n",
        b"\xff\xfe\n",
        b"\n",
    ],
)
@pytest.mark.parametrize("after", [0, 5])
def test_a_file_that_is_no_report_is_left_as_it_is(
    there: bytes, after: int, tmp_path: Path
) -> None:
    path = tmp_path / "diary"
    path.write_bytes(there)
    with pytest.raises(ReplayRefused, match=f"{path} is there and is no report"):
        Report(path, after)
    assert path.read_bytes() == there
