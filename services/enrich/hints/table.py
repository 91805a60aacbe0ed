"""The learned table of hints, ``hints.tsv``: what a word adds to a bad and to a good visit, and to
an alarm.

It is read as a file that people can look at, a word and three numbers a line, and says nothing of
the works.
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
"""A long post has many words, and is no surer of its visit for that."""

Hint = tuple[int, int, int]
"""Steps to a bad and to a good visit, and to an alarm."""


class Leaning(NamedTuple):
    """What hints add, in log-odds: of a bad and of a good visit against neither, and of a danger
    against none (``alarm``).
    """

    bad: float
    good: float
    alarm: float = 0.0


def lean(tokens: Tokens, kind: str) -> Leaning:
    """Add up what a post hints at; a word counts once. ``kind``: post, review or comment."""
    table = read_hints()
    bad = good = alarm = 0
    for key in set(filter(table.__contains__, (kind_key(kind), *keys(tokens)))):
        to_bad, to_good, to_alarm = table[key]
        bad += to_bad
        good += to_good
        alarm += to_alarm
    return Leaning(
        max(-_MOST, min(_MOST, bad)) / STEPS,
        max(-_MOST, min(_MOST, good)) / STEPS,
        alarm / STEPS,
    )


def hinting(tokens: Tokens) -> list[tuple[int, int, float]]:
    """Return first and last word of each hint, and where it leans: above 0 to a good visit."""
    table = read_hints()
    return [
        (first, last, (table[key][1] - table[key][0]) / STEPS / 2)
        for key, (first, last) in zip(keys(tokens), places(tokens), strict=True)
        if key in table
    ]


def most_alarming(tokens: Tokens) -> tuple[int, int]:
    """Return the first and the last word of what adds most to an alarm."""
    table = read_hints()
    nothing: Hint = (0, 0, 0)
    alarms = (table.get(key, nothing)[2] for key in keys(tokens))
    return max(zip(alarms, places(tokens), strict=True), key=lambda each: each[0])[1]


@cache
def read_hints() -> Mapping[str, Hint]:
    """Read the table. Raises ``Fatal`` where it is broken."""
    try:
        text = (resources.files(__package__) / FILE).read_text("utf-8")
        return parse(text)
    except (OSError, ValueError) as error:
        raise Fatal(f"hints/{FILE} cannot be read: {error}") from error


def parse(text: str) -> dict[str, Hint]:
    """Read a table's text. Raises ``ValueError`` with the line that is none of it."""
    table = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            key, bad, good, alarm = line.split("\t")
            table[key] = int(bad), int(good), int(alarm)
        except ValueError as error:
            raise ValueError(f"line {number} is not a word and three whole numbers") from error
    return table


def render(table: Mapping[str, Hint]) -> str:
    """Write a table's text, in the order of its words."""
    return "".join(
        f"{key}\t{bad:+d}\t{good:+d}\t{alarm:+d}\n"
        for key, (bad, good, alarm) in sorted(table.items())
    )
