"""Runs of items that stand for something, in one trie: one pass over the words finds them all."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .tokens import STOP
from .vocabulary import Vocabulary

Run = tuple[str, ...]
"""Items of a phrase that follow one another without a gap."""

_NOTHING = -1
_WORDS_KEPT = 10_000


class Branches(NamedTuple):
    """A trie without its vocabulary: whole numbers of four bytes, an object a node would take ten
    times the room.

    ``starts``: where each node's branches begin, the root's first; ``items``: of each branch, in
    rising order within a node; ``reached``: twice the node that it leads to and one, or, where
    nothing goes on from there, twice what it means; ``means``: of each node, -1 for nothing.
    """

    starts: bytes
    items: bytes
    reached: bytes
    means: bytes


@dataclass(slots=True)
class _Node:
    means: int = _NOTHING
    branches: dict[int, _Node] = field(default_factory=dict)


class _Word(NamedTuple):
    """What a word is to a trie: the items that it is, what the runs mean that are the word alone,
    and the nodes of the runs that begin with it.
    """

    items: tuple[int, ...]
    alone: tuple[int, ...]
    begins: tuple[int, ...]


class Trie(dict[str, _Word]):
    """The number of what each run stands for, by run; and words, filled as they come up."""

    def __init__(self, numbers: Mapping[str, int], branches: Branches) -> None:
        super().__init__()
        self._vocabulary = Vocabulary(numbers)
        self._starts, self._items, self._reached, self._means = (
            array("i", part) for part in branches
        )

    @classmethod
    def of(cls, runs: Mapping[Run, int]) -> Trie:
        """Build the trie of runs."""
        numbers = Vocabulary.of(item for run in runs for item in run).numbers
        root = _Node()
        for run, means in runs.items():
            node = root
            for item in run:
                node = node.branches.setdefault(numbers[item], _Node())
            node.means = means
        return cls(numbers, _flat(root))

    def parts(self) -> tuple[dict[str, int], Branches]:
        """Return what it can be made of again."""
        flat = (self._starts, self._items, self._reached, self._means)
        return dict(self._vocabulary.numbers), Branches(*(part.tobytes() for part in flat))

    def find(self, words: Sequence[str], before: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return what each run means that stands in a sentence, with its first and last word.

        Runs come in the order of their last words. ``before``: what stands before each word.
        """
        starts, items, reached, means = self._starts, self._items, self._reached, self._means
        found: list[tuple[int, int, int]] = []
        begun: list[tuple[int, int]] = []
        for at, word in enumerate(words):
            numbers, alone, begins = self[word]
            going = []
            if begun and before[at] < STOP:
                for node, first in begun:
                    start, end = starts[node], starts[node + 1]
                    for number in numbers:
                        branch = bisect_left(items, number, start, end)
                        if branch == end or items[branch] != number:
                            continue
                        meant = reached[branch]
                        if meant & 1:
                            further = meant >> 1
                            going.append((further, first))
                            if means[further] != _NOTHING:
                                found.append((means[further], first, at))
                        else:
                            found.append((meant >> 1, first, at))
            found += [(meant, at, at) for meant in alone]
            going += [(node, at) for node in begins]
            begun = going
        return found

    def __missing__(self, word: str) -> _Word:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        numbers = self._vocabulary.items_of(word)
        alone, begins = [], []
        for number in numbers:
            branch = bisect_left(self._items, number, 0, self._starts[1])
            if branch == self._starts[1] or self._items[branch] != number:
                continue
            meant = self._reached[branch]
            if meant & 1:
                begins.append(meant >> 1)
                if self._means[meant >> 1] != _NOTHING:
                    alone.append(self._means[meant >> 1])
            else:
                alone.append(meant >> 1)
        self[word] = known = _Word(numbers, tuple(alone), tuple(begins))
        return known


def _flat(root: _Node) -> Branches:
    """Number the nodes that go on, breadth first, and write down their branches."""
    starts, items, reached, means = array("i", [0]), array("i"), array("i"), array("i")
    nodes = [root]
    for node in nodes:  # which grow as they are read
        means.append(node.means)
        for item, branch in sorted(node.branches.items()):
            items.append(item)
            if branch.branches:
                reached.append(len(nodes) << 1 | 1)
                nodes.append(branch)
            else:
                reached.append(branch.means << 1)
        starts.append(len(items))
    return Branches(*(part.tobytes() for part in (starts, items, reached, means)))
