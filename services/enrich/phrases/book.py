"""What the phrases of a language find in a text, in one pass."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from .compiled import Compiled
from .folding import Folding
from .hits import Hit, longest
from .patterns import GAP
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
        steps = self._steps
        sentence = 0
        stems: list[_Stem] = []
        begun: set[int] = set()  # the places that stems of this sentence have come to
        for run, first, last in self._trie.find(tokens.words, tokens.before):
            if sentences and (number := bisect_right(sentences, first)) != sentence:
                sentence, stems, begun = number, [], set()
            whole, begins, follows = steps[run]
            goes_on = not follows.keys().isdisjoint(begun)  # seldom so: no set is made to see
            if not (whole or begins or goes_on):
                continue
            words = words_between(first, last + 1)
            for meaning in whole:
                found[meaning.kind].append(Hit(first, last, meaning, words))
            if goes_on:
                starts = begun & follows.keys()
                for (begin, _, held, _), place in _reached(stems, starts, follows, first):
                    together = held | words
                    for meaning in place.ends:
                        found[meaning.kind].append(Hit(begin, last, meaning, together))
                    if place.leads:
                        stems.append((begin, last, together, (place.number,)))
                        begun.add(place.number)
            if begins:
                stems.append((first, last, words, begins))
                begun.update(begins)
        return {kind: longest(hits) for kind, hits in found.items()}


_Stem = tuple[int, int, WordSet, Sequence[int]]
"""What may become phrases: its first and last word, all its words, the places it has come to."""


def _reached(
    stems: Sequence[_Stem], starts: Iterable[int], follows: Mapping[int, Sequence[Place]], word: int
) -> list[tuple[_Stem, Place]]:
    """Return the places that a word leads on to, each with the nearest stem before the word.

    ``stems``: in the order in which they end.
    """
    reached: list[tuple[_Stem, Place]] = []
    for start in starts:
        for stem in reversed(stems):
            _, last, _, places = stem
            between = word - last - 1
            if between > GAP:
                break
            # A longer run may begin before the latest stem has ended.
            if between >= 0 and start in places:
                reached += [(stem, place) for place in follows[start] if between <= place.gap]
                break
    return reached
