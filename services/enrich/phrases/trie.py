"""Runs of items that stand for something, in one trie: one pass over the words finds them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .tokens import STOP
from .vocabulary import Vocabulary

Run = tuple[str, ...]
"""Items of a phrase that follow one another without a gap."""


class Trie:
    """The number of what each run stands for, by run."""

    def __init__(self, runs: Mapping[Run, int]) -> None:
        self._vocabulary = Vocabulary(item for run in runs for item in run)
        # A node and an item make one key, and nodes are multiples of a size above all items: one
        # dictionary of whole numbers takes a tenth of what an object a node would.
        self._size = len(self._vocabulary.numbers) + 1
        self._next: dict[int, int] = {}
        self._means: dict[int, int] = {}
        self._open: set[int] = set()
        for run, means in runs.items():
            self._means[self._add(run)] = means

    def _add(self, run: Run) -> int:
        node = 0
        for item in run:
            self._open.add(node)
            key = node + self._vocabulary.numbers[item]
            node = self._next.setdefault(key, (len(self._next) + 1) * self._size)
        return node

    def find(self, words: Sequence[str], before: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return what each run means that stands in a sentence, with its first and last word.

        Runs come in the order of their last words. ``before``: what stands before each word.
        """
        following, means, is_open, vocabulary = (
            self._next,
            self._means,
            self._open,
            self._vocabulary,
        )
        found: list[tuple[int, int, int]] = []
        begun: list[tuple[int, int]] = []
        for at, (word, seen) in enumerate(zip(words, before, strict=True)):
            if seen >= STOP:
                begun = []
            numbers = vocabulary[word]
            if not numbers:
                begun = []
                continue
            begun.append((0, at))
            going = []
            for node, first in begun:
                for number in numbers:
                    if reached := following.get(node + number):
                        if reached in means:
                            found.append((means[reached], first, at))
                        if reached in is_open:
                            going.append((reached, first))
            begun = going
        return found
