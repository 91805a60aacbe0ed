"""``passaparola backtest``: a wrong date in a file neither keeps it busy for ever nor ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.command import Said, call


async def backtest(folder: Path, *lines: dict[str, str]) -> Said:
    (folder / "posts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return await call("backtest", "posts.jsonl", folder=folder)


def post(number: int, at: str) -> dict[str, str]:
    return {
        "post_id": f"mastodon:{number}",
        "platform": "mastodon",
        "text": "Che bello #louvre",
        "created_at": at,
    }


@pytest.mark.usefixtures("register")
async def test_times_that_cannot_be_are_refused_by_line(tmp_path: Path) -> None:
    removal = {"type": "removal", "post_id": "mastodon:3"}
    said = await backtest(
        tmp_path,
        post(1, "0001-01-01T00:00:00Z"),
        post(2, "1970-01-01T00:00:00Z"),
        post(3, "2026-06-01T10:00:00Z"),
        removal | {"observed_at": "9999-12-31T23:59:00Z"},
        removal | {"observed_at": "1970-01-01T00:00:00Z"},
        post(4, "2026-06-02T10:00:00Z"),
    )
    assert said.status == 0
    assert "no alarm; 2 posts and 0 looks of 2 days" in said.err
    assert "  refused: 3 before_2000\n" in said.err
    assert "  refused: 1 from_the_future\n" in said.err


@pytest.mark.usefixtures("register")
async def test_a_long_silence_is_told_and_not_walked_through(tmp_path: Path) -> None:
    said = await backtest(
        tmp_path, post(1, "2001-01-01T12:00:00Z"), post(2, "2026-06-01T12:00:00Z")
    )
    assert said.status == 0
    assert "2 posts and 0 looks of 2 days" in said.err
    assert "  nothing from 2001-01-01 to 2026-06-01: begun anew behind that" in said.err


async def test_since_without_topics_is_refused(tmp_path: Path) -> None:
    said = await call("backtest", "posts.jsonl", "--since", "2026-11-01", folder=tmp_path)
    assert said.status == 2
    assert "goes with --topics" in said.err
