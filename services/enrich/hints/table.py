"""The learned table of hints, ``hints.tsv``: what a word adds to a bad and to a good visit, and to
an alarm.

It is read as a file that people can look at, a word and three numbers a line, and says nothing of
the works.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """Log-odds of a bad and of a good visit against neither, that hints add."""

    bad: float
    good: float


def lean(tokens: Tokens, kind: str) -> tuple[Leaning, float]:
    """Add up what a post hints at, of its visit and to an alarm; a word counts once.

    ``kind``: post, review or comment. The alarm is the log-odds of a danger against none.
    """
    bad, good, alarm = _sums(kind, keys(tokens))
    leaning = Leaning(*(max(-_MOST, min(_MOST, steps)) / STEPS for steps in (bad, good)))
    return leaning, alarm / STEPS


def alarm_near(tokens: Tokens, kind: str, first: int, last: int) -> float:
    """Return the alarm by some words of a post, from the first to the last."""
    return _sums(kind, keys(tokens, first, last))[2] / STEPS


def _sums(kind: str, looked_up: Iterable[str]) -> Hint:
    table = read_hints()
    bad = good = alarm = 0
    for key in set(filter(table.__contains__, (kind_key(kind), *looked_up))):
        to_bad, to_good, to_alarm = table[key]
        bad += to_bad
        good += to_good
        alarm += to_alarm
    return bad, good, alarm


def hinting(tokens: Tokens) -> list[tuple[int, int, float]]:
    """Return first and last word of each hint, and where it leans: above 0 to a good visit."""
    table = read_hints()
    return [
        (first, last, (table[key][1] - table[key][0]) / STEPS / 2)
        for key, (first, last) in zip(keys(tokens), places(0, len(tokens) - 1), strict=True)
        if key in table
    ]


def most_alarming(tokens: Tokens, first: int, last: int) -> tuple[int, int]:
    """Return the first and the last word of what adds most to an alarm, of some words."""
    table = read_hints()
    nothing: Hint = (0, 0, 0)
    alarms = (table.get(key, nothing)[2] for key in keys(tokens, first, last))
    return max(zip(places(first, last), alarms, strict=True), key=lambda each: each[1])[0]


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
