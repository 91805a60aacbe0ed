"""Runs of items that stand for something, in one trie: one pass over the words finds them all."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from .tokens import STOP
from .vocabulary import Vocabulary

Run = tuple[str, ...]
"""Items of a phrase that follow one another without a gap."""


_MEANS, _GOES_ON = 1, 2


class Trie:
    """The number of what each run stands for, by run."""

    def __init__(self, numbers: Mapping[str, int], following: dict[int, int], means: bytes) -> None:
        self._vocabulary = Vocabulary(numbers)
        # A node and an item make one key; what is reached is a node with two bits that say whether
        # it means something and whether it goes on. An object a node would take ten times as much.
        self._size = len(numbers) + 1
        self._next = following
        self._means = array("i", means)

    @classmethod
    def of(cls, runs: Mapping[Run, int]) -> Trie:
        """Build the trie of runs."""
        vocabulary = Vocabulary.of(item for run in runs for item in run)
        trie = cls(vocabulary.numbers, {}, array("i", [-1]).tobytes())
        for run, means in runs.items():
            trie._add(run, means)
        return trie

    def parts(self) -> tuple[dict[str, int], dict[int, int], bytes]:
        """Return what it can be made of again."""
        return dict(self._vocabulary.numbers), self._next, self._means.tobytes()

    def _add(self, run: Run, means: int) -> None:
        node, key = 0, 0
        for at, item in enumerate(run):
            if at:
                self._next[key] |= _GOES_ON
            key = node * self._size + self._vocabulary.numbers[item]
            reached = self._next.get(key)
            if reached is None:
                reached = self._next[key] = len(self._means) << 2
                self._means.append(-1)
            node = reached >> 2
        self._next[key] |= _MEANS
        self._means[node] = means

    def find(self, words: Sequence[str], before: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return what each run means that stands in a sentence, with its first and last word.

        Runs come in the order of their last words. ``before``: what stands before each word.
        """
        following, means, size = self._next, self._means, self._size
        vocabulary = self._vocabulary
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
                        if reached & _MEANS:
                            found.append((means[reached >> 2], first, at))
                        if reached & _GOES_ON:
                            going.append(((reached >> 2) * size, first))
            begun = going
        return found
