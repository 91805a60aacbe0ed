"""Puts all phrases of a language into one trie, in a form that can be kept."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate, chain
from typing import NamedTuple

from .files import Entry, Meaning
from .patterns import Part
from .trie import Run, Trie
from .vocabulary import STAR

BEGINNING = 0
"""The place before a phrase's first part."""
_DOUBLED = re.compile(r"(.)\1")


class Compiled(NamedTuple):
    """All that a book is made of, in plain values: what can be kept from one start to the next.

    A place is how far phrases have been read: those that begin alike share it, and place 0 is the
    beginning of all. ``gaps``: how many words may stand before the part that leads to a place;
    ``ends``: the number of what ends there among ``endings``, each some ``meanings`` by number;
    ``leads``: whether phrases go on from there. ``bounds`` and ``steps``: the places from and to
    which a run leads, in pairs, one run's after the other's. ``doubled``: words with a doubled
    letter.
    """

    gaps: bytes
    meanings: list[tuple[str, str, str]]
    endings: list[tuple[int, ...]]
    ends: bytes
    leads: bytes
    numbers: dict[str, int]
    branches: tuple[bytes, ...]
    bounds: bytes
    steps: bytes
    doubled: frozenset[str]


def compile_entries(entries: Iterable[Entry]) -> Compiled:
    """Put phrases into one trie of their parts' runs."""
    places: dict[tuple[int, Part | None], int] = {(BEGINNING, None): BEGINNING}
    meanings: dict[Meaning, int] = {}
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for entry in dict.fromkeys(entries):
        place = BEGINNING
        for part in entry.parts:
            place = places.setdefault((place, part), len(places))
        number = meanings.setdefault(entry.meaning, len(meanings))
        if number not in ends[place]:
            ends[place].append(number)
    steps: defaultdict[Run, list[int]] = defaultdict(list)
    for (start, leading), place in places.items():
        for run in leading.runs if leading else ():
            steps[run] += (start, place)
    endings: dict[tuple[int, ...], int] = {}
    ended = [endings.setdefault(tuple(ends[place]), len(endings)) for place in places.values()]
    starts = {start for start, leading in places if leading}
    meant: dict[tuple[int, ...], int] = {}
    runs = {run: meant.setdefault(tuple(found), len(meant)) for run, found in steps.items()}
    numbers, branches = Trie.of(runs).parts()
    return Compiled(
        bytes(leading.gap if leading else 0 for _, leading in places),
        [(kind, section, mark) for kind, section, mark in meanings],
        list(endings),
        array("i", ended).tobytes(),
        bytes(place in starts for place in places.values()),
        numbers,
        tuple(branches),
        array("i", accumulate(map(len, meant), initial=0)).tobytes(),
        array("i", chain.from_iterable(meant)).tobytes(),
        frozenset(word.strip(STAR) for run in runs for word in filter(_DOUBLED.search, run)),
    )
