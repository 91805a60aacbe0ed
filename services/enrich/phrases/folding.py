"""Folds words so that what reads alike is alike: case, accents, fancy letters, long runs.

German umlauts fold to two letters (``schön`` is not ``schon``); all other marks go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe"})
_SPANISH_U = re.compile(r"(?<=g)ü(?=[eií])")
_RUN = re.compile(r"(.)\1{2,}")
_CHARS_READ = 60
_WORDS_KEPT = 50_000


class Folding(dict[str, str]):
    """Folded words by word, filled as they come up. A long run of a letter folds to one, or to
    two where ``known`` has that word (``cooool`` is ``cool``, ``loooong`` is ``long``).
    """

    def __init__(self, known: Container[str] = ()) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, word: str) -> str:
        folded = self._fold(word[:_CHARS_READ])
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[word] = folded
        return folded

    def _fold(self, word: str) -> str:
        if word.isascii():
            folded = word.lower().replace("'", "")
        else:
            plain = unicodedata.normalize("NFKC", word).casefold()
            plain = _SPANISH_U.sub("u", plain).translate(_UMLAUTS)
            marked = unicodedata.normalize("NFKD", plain)
            bare = "".join(character for character in marked if character.isalnum())
            folded = unicodedata.normalize("NFC", bare)
        return _RUN.sub(self._shorten(folded), folded) if _RUN.search(folded) else folded

    def _shorten(self, word: str) -> str:
        return r"\1\1" if _RUN.sub(r"\1\1", word) in self._known else r"\1"
