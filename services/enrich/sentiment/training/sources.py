"""The data folder, read: labelled texts by source, word lists, and the benchmark's rows.

The rows stay where they are; the README beside them tells where they come from.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Fatal

from ..manifest import OTHER

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt")
"""Those that have a table of their own."""
TABLES = (*LANGUAGES, OTHER)

_LABEL = {"neg": 0, "neu": 1, "pos": 2}
_BENCHMARK = "umsab"
_LEXICON = "lexicons"
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_SUFFIX = ".tsv.gz"


@dataclass(frozen=True)
class Row:
    """A labelled text. ``label``: 0, 1, 2 for negative, neutral, positive. ``source``: its file."""

    text: str
    language: str
    label: int
    source: str


@dataclass(frozen=True)
class Word:
    """A word of a lexicon; ``weight`` above 0 is good, below is bad."""

    text: str
    language: str
    weight: float


def read_externals(folder: Path) -> list[Row]:
    """Read all labelled texts but the benchmark's. Raises ``Fatal`` where there are none."""
    paths = sorted(
        path
        for path in folder.glob(f"*{_SUFFIX}")
        if not path.name.startswith((f"{_BENCHMARK}_", _LEXICON))
    )
    if not paths:
        raise Fatal(f"{folder} holds no <source>{_SUFFIX} file: name the folder of labelled texts")
    return [row for path in paths for row in _rows(path)]


def read_words(folder: Path) -> list[Word]:
    """Read the words of lexicons; none where the file is not."""
    path = folder / f"{_LEXICON}{_SUFFIX}"
    if not path.exists():
        return []
    return [Word(text, language, float(weight)) for language, text, weight in _fields(path)]


def read_benchmark(folder: Path, split: str) -> list[Row]:
    """Read ``umsab_<language>.<split>.tsv.gz`` of all languages that the folder has.

    Raises ``Fatal`` where it has none.
    """
    paths = sorted(folder.glob(f"{_BENCHMARK}_*.{split}{_SUFFIX}"))
    if not paths:
        raise Fatal(f"{folder} holds no {_BENCHMARK}_<language>.{split}{_SUFFIX}")
    return [row for path in paths for row in _rows(path)]


def _rows(path: Path) -> Iterator[Row]:
    source = path.name.removesuffix(_SUFFIX)
    for number, (language, label, text) in enumerate(_fields(path), 1):
        if label not in _LABEL:
            raise Fatal(f"{path} line {number}: the label is {label!r}, not neg, neu or pos")
        yield Row(_ESCAPE.sub(_unescape, text), language, _LABEL[label], source)


def _fields(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.rstrip("\r\n").split("\t", 2)
                if len(fields) != 3:
                    raise Fatal(f"{path} line {number}: not three fields between tabs")
                yield fields[0], fields[1], fields[2]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Fatal(f"{path} cannot be read: {error}") from error


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))
