"""``passaparola backtest`` says of a day what the system said when it lived through it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from demo.day import DATE, compose
from demo.day.folder import MUSEUMS, POSTS
from schemas import EnrichedPost, decode
from schemas.topics import POSTS_ENRICHED
from tests.e2e.in_memory import play_in_memory

SEED = 31
_LINE = re.compile(r"^(\S+ \S+)Z  viral +(\S+) (\S+): (.*)$")


@pytest.mark.timeout(180)
async def test_a_backtest_of_a_day_calls_what_the_day_called(tmp_path: Path) -> None:
    played = await play_in_memory(compose(SEED, DATE), tmp_path)
    called: dict[str, tuple[str, str]] = {}
    for record in played.kafka.all[POSTS_ENRICHED.name]:
        if record.value is not None:
            post = decode(EnrichedPost, record.value)
            if post.virality is not None and post.virality.calls and post.counted_at is not None:
                told = (f"{post.counted_at:%Y-%m-%d %H:%M}", post.virality.explanation)
                called.setdefault(f"{post.museum_id} {post.post_id}", told)
    assert called

    arguments = ["backtest", str(tmp_path / POSTS), "--museums", str(tmp_path / MUSEUMS)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    lines = [found for line in shown.stdout.splitlines() if (found := _LINE.match(line))]
    assert {f"{line[2]} {line[3]}": (line[1], line[4]) for line in lines} == called
    assert "refused" in shown.stderr
