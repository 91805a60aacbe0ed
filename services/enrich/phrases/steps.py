"""What each run of words leads to: whole phrases, the beginning of some, more of those begun."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from .compiled import BEGINNING, Compiled
from .files import Meaning


class Place(NamedTuple):
    """How far a phrase has been read: by its ``number``, at most ``gap`` words after the part
    before; ``ends``: what phrases mean that end there; ``leads``: whether some go on.
    """

    number: int
    gap: int
    ends: tuple[Meaning, ...]
    leads: bool


class Step(NamedTuple):
    """What a run leads to: phrases that it is all of, places at which it begins some, and by place
    those to which it goes on from there.
    """

    whole: tuple[Meaning, ...]
    begins: tuple[int, ...]
    follows: Mapping[int, Sequence[Place]]


class Steps(dict[int, Step]):
    """The step of each run by its number, written out as runs come up: all take 3 MB a language."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__()
        meanings = [Meaning(*meaning) for meaning in compiled.meanings]
        self._endings = [tuple(meanings[each] for each in ending) for ending in compiled.endings]
        self._gaps, self._leads = compiled.gaps, compiled.leads
        self._ends = array("i", compiled.ends)
        self._bounds, self._steps = array("i", compiled.bounds), array("i", compiled.steps)
        self._places: dict[int, Place] = {}

    def phrases(self) -> int:
        """Return how many phrases there are."""
        return sum(len(self._endings[end]) for end in self._ends)

    def __missing__(self, run: int) -> Step:
        steps = self._steps[self._bounds[run] : self._bounds[run + 1]]
        follows: defaultdict[int, list[Place]] = defaultdict(list)
        for start, place in zip(steps[::2], steps[1::2], strict=True):
            follows[start].append(self._place(place))
        begun = follows.pop(BEGINNING, [])
        step = Step(
            tuple(chain.from_iterable(place.ends for place in begun)),
            tuple(place.number for place in begun if place.leads),
            {start: tuple(places) for start, places in follows.items()},
        )
        self[run] = step
        return step

    def _place(self, number: int) -> Place:
        place = self._places.get(number)
        if place is None:
            ends = self._endings[self._ends[number]]
            place = Place(number, self._gaps[number], ends, bool(self._leads[number]))
            self._places[number] = place
        return place
