"""Which files there are, which sections they may have, and the book of each language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import get_args

import yaml

from schemas.understanding import SpeakerKind, UrgencyKind
from services.common.errors import Fatal

from .book import PLAIN, Book
from .files import NO_MARK, Entry, parse

LANGUAGES = ("en", "it", "fr", "de", "es")
"""The languages that have files. Any other is read by all of them together."""

_EVERY = "any"
_CUES = "negation contrast concession good bad dark elsewhere irony wish title".split()


@cache
def taxonomy() -> Mapping[str, str]:
    """Return the family of each aspect."""
    text = (resources.files("services.enrich.aspects") / "taxonomy.yaml").read_text("utf-8")
    return {leaf: family for family, leaves in yaml.safe_load(text).items() for leaf in leaves}


@cache
def sections() -> Mapping[str, Mapping[str, str]]:
    """Return the sections of each kind of file, with the marks that each takes."""
    kinds = get_args(SpeakerKind)
    names = [f"{kind} name" for kind in kinds]
    return {
        "aspects": dict.fromkeys(taxonomy(), "-+=") | {PLAIN: NO_MARK},
        "urgency": dict.fromkeys(get_args(UrgencyKind), "!?")
        | dict.fromkeys(("now", "figure", "told", PLAIN), NO_MARK),
        "speaker": dict.fromkeys(kinds, "!?") | dict.fromkeys((*names, PLAIN), NO_MARK),
        "cues": dict.fromkeys((*_CUES, PLAIN), NO_MARK) | dict.fromkeys(("visit", "work"), "-+="),
    }


def entries_of(language: str) -> list[Entry]:
    """Read the files of a language. Raises ``Fatal`` where one is broken."""
    read: list[Entry] = []
    for kind, known in sections().items():
        name = f"{kind}/{language}.txt"
        file = resources.files("services.enrich") / kind / f"{language}.txt"
        if file.is_file():
            try:
                content = file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise Fatal(f"{name} cannot be read: {error}") from error
            read += parse(kind, name, content, known)
    return read


def book_of(language: str) -> Book:
    """Return the book of a language; of all together for one without files, or ``und``."""
    return _book(language if language in LANGUAGES else None)


@cache
def _book(language: str | None) -> Book:
    languages = LANGUAGES if language is None else (language,)
    entries = [entry for name in (*languages, _EVERY) for entry in entries_of(name)]
    return Book(entries)
