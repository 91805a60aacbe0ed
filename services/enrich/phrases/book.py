"""What the phrases of a language find in a text, in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .compiled import Compiled
from .folding import Folding
from .hits import Hit, longest
from .steps import Place, Steps
from .tokens import STOP, Tokens, WordSet, cut, words_between
from .trie import Branches, Trie


class Book:
    """Every phrase of a language."""

    def __init__(self, compiled: Compiled) -> None:
        self._steps = Steps(compiled)
        self._trie = Trie(compiled.numbers, Branches(*compiled.branches))
        self._folding = Folding(compiled.doubled)

    def __len__(self) -> int:
        return self._steps.phrases()

    def cut(self, text: str) -> Tokens:
        """Cut a text into words, folded as the phrases are."""
        return cut(text, self._folding)

    def find(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """Return the hits by kind of file, in their order; the longest hide those inside them."""
        found: defaultdict[str, list[Hit]] = defaultdict(list)
        sentences = [word for word, seen in enumerate(tokens.before) if seen >= STOP]
        sentence, begun = 0, _Begun()
        steps = self._steps
        for run, first, last in self._trie.find(tokens.words, tokens.before):
            if sentences and (number := bisect_right(sentences, first)) != sentence:
                sentence, begun = number, _Begun()
            whole, begins, follows = steps[run]
            words = words_between(first, last + 1)
            for meaning in whole:
                found[meaning.kind].append(Hit(first, last, meaning, words))
            if follows and begun.places:
                for stem, place in begun.reached(follows, first):
                    together = stem.words | words
                    for meaning in place.ends:
                        found[meaning.kind].append(Hit(stem.first, last, meaning, together))
                    if place.leads:
                        begun.add(_Stem(stem.first, last, together, (place.number,)))
            if begins:
                begun.add(_Stem(first, last, words, begins))
        return {kind: longest(hits) for kind, hits in found.items()}


class _Stem(NamedTuple):
    """What may become phrases: where its words stand, and the places that they have come to."""

    first: int
    last: int
    words: WordSet
    places: Sequence[int]


class _Begun:
    """The stems of a sentence, in the order in which they end, and all places that they came to."""

    def __init__(self) -> None:
        self._stems: list[_Stem] = []
        self.places: set[int] = set()

    def add(self, stem: _Stem) -> None:
        """Add one that ends where the last one does, or later."""
        self._stems.append(stem)
        self.places.update(stem.places)

    def reached(
        self, follows: Mapping[int, Sequence[Place]], first: int
    ) -> list[tuple[_Stem, Place]]:
        """Return the places that a word goes on to, each with the nearest stem before it."""
        return [
            (stem, place)
            for number in self.places & follows.keys()
            if (stem := self._nearest(first, number))
            for place in follows[number]
            if first - stem.last - 1 <= place.gap
        ]

    def _nearest(self, word: int, place: int) -> _Stem | None:
        for stem in reversed(self._stems):
            # A longer run may begin before the latest has ended.
            if stem.last < word and place in stem.places:
                return stem
        return None
