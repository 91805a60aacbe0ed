"""Turns a written phrase into parts: what stands together, in all its alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod

from .folding import Folding
from .tokens import NUMBER, YEAR, cut
from .trie import Run
from .vocabulary import STAR

GAP = 4
"""How many other words ``...`` stands for at most."""

_MANY = 40
"""More alternatives than this are not written out together, but as two parts without a gap."""

_DOTS = "..."
_LETTERS = re.compile(r"[^ ()|]+")
_PLAIN = Folding()


@dataclass(frozen=True, slots=True)
class Part:
    """Words without a gap: a run of items in each of its alternatives.

    Up to ``gap`` words may stand before them.
    """

    runs: tuple[Run, ...]
    gap: int


Group = tuple[str, ...]
"""One place in a phrase: the words that may stand there."""


def parts_of(phrase: str) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of each variant of a phrase. Raises ``ValueError`` for a slip in it."""
    groups, end = _read(phrase, 0)
    if end != len(phrase):
        raise ValueError("a bracket is closed that was not opened")
    for variant in product(*(_simple(group) for group in groups)):
        places = [place for group in variant for place in group]
        if parts := tuple(_parts(places)):
            if len(parts) == 1 and _has_bare_number(parts[0]):
                raise ValueError("a number alone tells nothing")
            yield parts


def _has_bare_number(part: Part) -> bool:
    return any(set(run) <= {NUMBER, YEAR} for run in part.runs)


def _read(phrase: str, at: int) -> tuple[list[Group], int]:
    """Read places up to the end, or to what closes or divides a bracket.

    What stands close to a bracket belongs to each of its words: ``larg(o|a)``, ``(cola|fila)*``.
    """
    groups: list[Group] = []
    held: Group = ("",)
    while at < len(phrase) and phrase[at] not in "|)":
        if plain := _LETTERS.match(phrase, at):
            held = tuple(left + plain[0] for left in held)
            at = plain.end()
            continue
        if phrase[at] == "(":
            found, at = _alternatives(phrase, at + 1)
            held = tuple(left + right for left in held for right in found)
        elif held != ("",):
            groups.append(held)
            held = ("",)
        at += 1
    if held != ("",):
        groups.append(held)
    return groups, at


def _alternatives(phrase: str, at: int) -> tuple[Group, int]:
    found: list[str] = []
    while True:
        start = at
        places, at = _read(phrase, at)
        ends = " " if phrase[start:at].endswith(" ") else ""
        found += [" ".join(filter(None, chosen)) + ends for chosen in product(*places)]
        if at == len(phrase):
            raise ValueError("a bracket is left open")
        if phrase[at] == ")":
            return tuple(dict.fromkeys(found)), at
        at += 1


def _simple(group: Group) -> list[list[Group]]:
    """Cut a place into variants: what can stand as one pattern stays together."""
    together = tuple(words for words in group if words and not _is_complex(words))
    variants = [[together]] if together else []
    return variants + [
        [(word,) for word in words.split()] for words in group if not words or _is_complex(words)
    ]


def _is_complex(words: str) -> bool:
    if " " not in words:
        return words == _DOTS
    several = words.split()
    return (
        _DOTS in several
        or any(word.endswith(STAR) for word in several[:-1])
        or any(word.startswith(STAR) for word in several[1:])
    )


def _parts(places: list[Group]) -> Iterator[Part]:
    held: list[Group] = []
    gap = 0
    for place in places:
        if place == (_DOTS,):
            if held:
                yield _part(held, gap)
                held = []
            gap = GAP
            continue
        if held and _must_cut(held, place):
            yield _part(held, gap)
            held, gap = [], 0
        held.append(place)
    if held:
        yield _part(held, gap)


def _must_cut(held: list[Group], place: Group) -> bool:
    return (
        any(word.startswith(STAR) for word in place)
        or any(word.endswith(STAR) for word in held[-1])
        or len(place) * prod(map(len, held)) > _MANY
    )


def _part(places: list[Group], gap: int) -> Part:
    runs = [_run(" ".join(chosen)) for chosen in product(*places)]
    return Part(tuple(dict.fromkeys(runs)), gap)


def _run(written: str) -> Run:
    words: list[str] = []
    for item in written.split():
        words += _words(item)
    if not words:
        raise ValueError(f"there is no word in {written!r}")
    first, last = written.startswith(STAR), written.endswith(STAR)
    if (first or last) and len("".join(words)) < 2:
        raise ValueError(f"{written!r} would match nearly everything")
    if first:
        words[0] = STAR + words[0]
    if last:
        words[-1] += STAR
    return tuple(words)


@lru_cache(maxsize=10_000)
def _words(item: str) -> tuple[str, ...]:
    if item in (NUMBER, YEAR):
        return (item,)
    return tuple(cut(item.strip(STAR), _PLAIN).words)
