"""What an account's names tell of who it is: ``dailynews``, ``Galerie Nord``, ``rometours``."""

from __future__ import annotations

from functools import cache, lru_cache

import ahocorasick

from ..phrases.folding import Folding
from ..phrases.library import LANGUAGES, entries_of
from ..phrases.tokens import cut

_FREE = 4
"""Words of so many letters are found anywhere in a handle, shorter ones only by themselves."""


@lru_cache(maxsize=10_000)
def name_hints(handle: str | None, display_name: str | None) -> tuple[tuple[str, str], ...]:
    """Return the kinds of speaker that the names speak for, each with the word that says so."""
    hints: dict[tuple[str, str], None] = {}
    folding = Folding()
    whole, loose = _automata()
    parts = (handle or "").replace("@", " ").replace(".", " ")
    joined = cut(f"{display_name or ''} {parts}", folding).joined
    for _, found in whole.iter(joined):
        hints.update(dict.fromkeys(found))
    solid = folding[(handle or "").lstrip("@").replace("_", "").replace(".", "").replace("-", "")]
    for _, found in loose.iter(solid):
        hints.update(dict.fromkeys(found))
    return tuple(hints)


@cache
def _automata() -> tuple[ahocorasick.Automaton, ahocorasick.Automaton]:
    whole: dict[str, list[tuple[str, str]]] = {}
    loose: dict[str, list[tuple[str, str]]] = {}
    for language in (*LANGUAGES, "any"):
        for entry in entries_of(language, "speaker"):
            kind, _, name = entry.meaning.section.partition(" ")
            if name != "name":
                continue
            for pattern in entry.parts[0].patterns:
                word = pattern.strip()
                whole.setdefault(pattern, []).append((kind, word))
                if len(solid := word.replace(" ", "")) >= _FREE:
                    loose.setdefault(solid, []).append((kind, word))
    return _automaton(whole), _automaton(loose)


def _automaton(patterns: dict[str, list[tuple[str, str]]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for pattern, found in patterns.items():
        automaton.add_word(pattern, tuple(dict.fromkeys(found)))
    automaton.make_automaton()
    return automaton
