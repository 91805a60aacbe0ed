"""A compiled book is kept until its phrases change; what cannot be read is compiled again."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.enrich.phrases import kept as module
from services.enrich.phrases.book import Book
from services.enrich.phrases.compiled import Compiled, compile_entries
from services.enrich.phrases.files import parse

CONTENT = "[queue]\n- long ... (queue|line)\n"


def compiled(content: str = CONTENT) -> Compiled:
    return compile_entries(parse("aspects", "test.txt", content, {"queue": "-"}))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_HERE", tmp_path)
    return tmp_path


def never() -> Compiled:
    raise AssertionError("it was not kept")


def test_what_was_compiled_is_kept_and_finds_the_same() -> None:
    assert module.kept("xx", [CONTENT], compiled) == compiled()
    again = Book(module.kept("xx", [CONTENT], never))
    [hit] = again.find(again.cut("a long, long line"))["aspects"]
    assert (hit.meaning.section, hit.first, hit.last) == ("queue", 2, 3)


def test_other_phrases_are_compiled_anew() -> None:
    other = CONTENT.replace("long", "endless")
    module.kept("xx", [CONTENT], compiled)
    assert module.kept("xx", [other], lambda: compiled(other)) == compiled(other)


@pytest.mark.parametrize("damage", [b"", b"half", b"N"])
def test_what_cannot_be_read_is_compiled_again(folder: Path, damage: bytes) -> None:
    module.kept("xx", [CONTENT], compiled)
    [file] = (folder / "__pycache__").iterdir()
    file.write_bytes(damage)
    assert module.kept("xx", [CONTENT], compiled) == compiled()
    assert module.kept("xx", [CONTENT], never) == compiled()


def test_where_nothing_can_be_kept_it_is_compiled(folder: Path) -> None:
    (folder / "__pycache__").write_text("in the way")
    assert module.kept("xx", [CONTENT], compiled) == compiled()
