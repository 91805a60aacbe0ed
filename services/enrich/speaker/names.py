"""What an account's names tell of who it is: ``dailynews``, ``Galerie Nord``, ``rometours``."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import ahocorasick

from ..phrases.folding import Folding
from ..phrases.library import LANGUAGES, NAME, names_of
from ..phrases.tokens import cut
from ..phrases.trie import Run, Trie
from ..phrases.vocabulary import STAR

_LOOSE = 4
"""Words of so many letters are found at the end of a part of a handle too (``dailynews``), where
a compound says what it is: ``museumlover`` is no museum, and most surnames hold some word."""
_NEVER_LOOSE = ("promotion",)
_PARTS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=10_000)
def name_hints(handle: str | None, display_name: str | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds of speaker that the names speak for, each with the word that says so."""
    hints: dict[tuple[str, str], None] = {}
    folding = Folding()
    kinds, whole, loose = _names()
    parts = (handle or "").replace("@", " ").replace(".", " ")
    tokens = cut(f"{display_name or ''} {parts}", folding)
    for found, _, _ in whole.find(tokens.words, tokens.before):
        hints.update(dict.fromkeys(kinds[found]))
    for part in _PARTS.findall(handle or ""):
        folded = folding[part]
        for end, found in loose.iter(folded):
            if end == len(folded) - 1:
                hints.update(dict.fromkeys(kinds[found]))
    return tuple(hints)


@cache
def _names() -> tuple[list[list[tuple[str, str]]], Trie, ahocorasick.Automaton]:
    """Return hints, and by their numbers what tells them as words and what within a handle."""
    hints: dict[Run, list[tuple[str, str]]] = {}
    for language in (*LANGUAGES, "any"):
        for entry in names_of(language):
            kind = entry.meaning.section.removesuffix(NAME)
            for run in entry.parts[0].runs:
                hints.setdefault(run, []).append((kind, " ".join(run).strip(STAR)))
    loose = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, run in enumerate(hints):
        solid = "".join(run).strip(STAR)
        if len(solid) >= _LOOSE and all(kind not in _NEVER_LOOSE for kind, _ in hints[run]):
            loose.add_word(solid, number)
    loose.make_automaton()
    whole = Trie.of({run: number for number, run in enumerate(hints)})
    return list(hints.values()), whole, loose
