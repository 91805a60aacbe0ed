"""Museums' names in plain text: whole words, whatever the case and accents, all in one pass.

It refuses to find a name inside a longer word. Scripts that put no spaces between words
(Chinese, Japanese, Thai, ...) have no longer words to be inside of: there every name counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import category, combining, normalize

import ahocorasick

from .tags import is_word

_SPACES = re.compile(r"\s+")
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul: particles follow a name without a space
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# By canonical combining class: 10 to 35 are Hebrew and Arabic vowel points, from 200 on accents.
_ACCENTS = {
    code: None
    for code in range(0x300, 0x1F000)
    if 10 <= combining(chr(code)) <= 35 or combining(chr(code)) >= 200
}


def word_fold(text: str) -> str:
    """Return text without case, accents and runs of white space.

    Dropped are marks that are optional or told apart by nobody who types in a hurry: accents,
    niqqud, harakat. Kept are marks that make another letter: vowels of Indic and Thai scripts.
    """
    if text.isascii():
        return _SPACES.sub(" ", text.casefold())
    apart = normalize("NFKD", normalize("NFKC", text).casefold())
    return _SPACES.sub(" ", normalize("NFC", apart.translate(_ACCENTS)))


def is_break(text: str, at: int) -> bool:
    """Tell whether a word may begin or end in ``text`` just before index ``at``."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if not (is_word(before) and is_word(after)):
        return True
    return (_is_unspaced(before) or _is_unspaced(after)) and category(after)[0] != "M"


class Words:
    """All museums' words in one Aho-Corasick automaton: one pass whatever their number."""

    def __init__(self, words: Iterable[tuple[int, str]]) -> None:
        """Take pairs of a museum's number and one of its words."""
        owners: dict[str, list[tuple[int, str]]] = {}
        for number, word in words:
            if folded := word_fold(word).strip():
                owners.setdefault(folded, []).append((number, word))
        self._automaton = ahocorasick.Automaton()
        for folded, found in owners.items():
            self._automaton.add_word(folded, (len(folded), found))
        self._empty = not owners
        if owners:
            self._automaton.make_automaton()

    def __bool__(self) -> bool:
        """Whether there is any word at all."""
        return not self._empty

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield museum number and word for each whole word; the same pair may come again."""
        if self._empty:
            return
        folded = word_fold(text)
        for last, (length, owners) in self._automaton.iter(folded):
            if is_break(folded, last - length + 1) and is_break(folded, last + 1):
                yield from owners


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return any(low <= code <= high for low, high in _UNSPACED)
