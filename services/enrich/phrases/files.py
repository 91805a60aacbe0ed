"""Reads the data files: sections of marked phrases with alternatives, gaps and stars.

A slip in a file is an error with its file and line: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.common.errors import Fatal

from .patterns import Part, parts_of

_MARKS = "-+=!?"
NO_MARK = " "


class Meaning(NamedTuple):
    """What a phrase means: kind of file, section and mark."""

    kind: str
    section: str
    mark: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase in one of its variants."""

    meaning: Meaning
    parts: tuple[Part, ...]


def parse(
    kind: str,
    name: str,
    content: str,
    sections: Mapping[str, str],
    wanted: Container[str] | None = None,
) -> Iterator[Entry]:
    """Read a file, all sections or those wanted. ``sections``: the marks that each section takes.

    Raises ``Fatal`` that names the line which cannot be read.
    """
    for number, section, line in _lines(name, content):
        if wanted is not None and section not in wanted:
            continue
        if section not in sections:
            raise Fatal(f"{name}, line {number}: no section [{section}] is known here")
        mark, rest = NO_MARK, line
        if line[0] in _MARKS and line[1:2] == " ":
            mark, rest = line[0], line[2:]
        if mark not in sections[section]:
            wanted = " ".join(sections[section]).strip() or "none"
            raise Fatal(f"{name}, line {number}: [{section}] takes the marks {wanted}")
        for phrase in _phrases(rest):
            try:
                for parts in parts_of(phrase):
                    yield Entry(Meaning(kind, section, mark), parts)
            except ValueError as error:
                raise Fatal(f"{name}, line {number}: {phrase}: {error}") from error


def _lines(name: str, content: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, section and logical line: what is indented goes on with the line above."""
    section, at, held = "", 0, ""
    for number, line in enumerate(content.splitlines(), start=1):
        bare = line.strip()
        if line.startswith(" ") and held and bare:
            held += _between(held) + bare
            continue
        if held:
            yield at, section, held
            held = ""
        if not bare or line.startswith("#"):
            continue
        if bare.startswith("["):
            if not bare.endswith("]"):
                raise Fatal(f"{name}, line {number}: a section ends with ]")
            section = bare[1:-1]
        else:
            at, held = number, bare
    if held:
        yield at, section, held


def _between(held: str) -> str:
    """Return what stands for a line's end: inside brackets nothing, or a blank between words."""
    if held.count("(") > held.count(")"):
        return "" if held[-1] in "(|" else " "
    return " " if held.endswith(",") else ", "


def _phrases(line: str) -> Iterator[str]:
    for phrase in line.split(","):
        if phrase.strip(" .;"):
            yield " ".join(phrase.split())
