"""The learned table of hints, ``hints.tsv``: what a word adds to a bad and to a good visit.

It is read as a file that people can look at, a word and two numbers a line, and says nothing of the
works.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from services.common.errors import Fatal

from ..phrases import Tokens
from .words import keys, kind_key, places

FILE = "hints.tsv"
STEPS = 100
"""Steps of the file in one log-odd."""
_MOST = 3 * STEPS
"""A long post has many words, and is no surer of itself for that."""


class Leaning(NamedTuple):
    """Log-odds of a bad and of a good visit against neither, that hints add."""

    bad: float
    good: float


def lean(tokens: Tokens, kind: str) -> Leaning:
    """Add up what a post hints at; a word counts once. ``kind``: post, review or comment."""
    table = read_hints()
    bad = good = 0
    for key in set(filter(table.__contains__, (kind_key(kind), *keys(tokens)))):
        hint = table[key]
        bad += hint[0]
        good += hint[1]
    return Leaning(max(-_MOST, min(_MOST, bad)) / STEPS, max(-_MOST, min(_MOST, good)) / STEPS)


def hinting(tokens: Tokens) -> list[tuple[int, int, float]]:
    """Return first and last word of each hint, and where it leans: above 0 to a good visit."""
    table = read_hints()
    return [
        (first, last, (table[key][1] - table[key][0]) / STEPS / 2)
        for key, (first, last) in zip(keys(tokens), places(tokens), strict=True)
        if key in table
    ]


@cache
def read_hints() -> Mapping[str, tuple[int, int]]:
    """Read the table. Raises ``Fatal`` where it is broken."""
    try:
        text = (resources.files(__package__) / FILE).read_text("utf-8")
        return parse(text)
    except (OSError, ValueError) as error:
        raise Fatal(f"hints/{FILE} cannot be read: {error}") from error


def parse(text: str) -> dict[str, tuple[int, int]]:
    """Read a table's text. Raises ``ValueError`` with the line that is none of it."""
    table = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            key, bad, good = line.split("\t")
            table[key] = int(bad), int(good)
        except ValueError as error:
            raise ValueError(f"line {number} is not a word and two whole numbers") from error
    return table


def render(table: Mapping[str, tuple[int, int]]) -> str:
    """Write a table's text, in the order of its words."""
    return "".join(f"{key}\t{bad:+d}\t{good:+d}\n" for key, (bad, good) in sorted(table.items()))
