"""Which items of phrases a word is: the word itself, and those of its parts that end in a star."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ahocorasick

STAR = "*"


class Vocabulary:
    """The numbers of the items that a folded word is.

    An item is a word, with a star at an end where any other letters may go on. Numbers begin at 1.
    """

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        # Starred items stand in one automaton, a blank where no more letters may follow.
        self._starred = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for item, number in self.numbers.items():
            if item[0] == STAR or item[-1] == STAR:
                self._starred.add_word(
                    f" {item} ".replace(f" {STAR}", "").replace(f"{STAR} ", ""), number
                )
        self._starred.make_automaton()

    @classmethod
    def of(cls, items: Iterable[str]) -> Vocabulary:
        """Number items as they come."""
        return cls({item: number for number, item in enumerate(dict.fromkeys(items), 1)})

    def items_of(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the items that a word is, in rising order."""
        found = (
            {number for _, number in self._starred.iter(f" {word} ")} if self._starred else set()
        )
        if own := self.numbers.get(word):
            found.add(own)
        return tuple(sorted(found))
