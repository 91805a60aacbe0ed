"""What is usual, for people."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

from rich.console import Console

from cli.norms_table import norms_table
from services.enrich.usual import Usual
from tests.unit.services.enrich.test_usual import DAY, sums


def shown(days: int) -> str:
    values = {record.key or "": record.value or b"" for record in sums(Usual())}
    console = Console(width=100, file=StringIO(), record=True)
    console.print(norms_table("mastodon", values, DAY + timedelta(days=days)))
    return console.export_text()


def test_a_table_says_since_when_and_what_is_learned() -> None:
    assert f"mastodon, learned since {DAY}" in shown(2)
    assert "learned, 400 finished posts" in shown(2)
    assert shown(2).count("learned") == 3
    assert "prior, 0 finished posts" in shown(1)


def test_every_age_has_its_row() -> None:
    assert shown(2).count(" to ") == 16
