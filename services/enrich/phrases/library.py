"""Which files there are, which sections they may have, and the book of each language."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import get_args

import yaml

from schemas.understanding import SpeakerKind, UrgencyKind
from services.common.errors import Fatal

from .book import Book
from .compiled import Compiled, compile_entries
from .files import NO_MARK, Entry, parse
from .hits import PLAIN, Hit, longest
from .kept import kept
from .tokens import Tokens

LANGUAGES = ("en", "it", "fr", "de", "es")
"""The languages that have files. Any other is read by all of them in turn."""

READ = 4_000
"""Code points of a text that are read for phrases, from its beginning."""

NAME = " name"
"""What sections end with that hold words of accounts' names."""

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
    names = [kind + NAME for kind in kinds]
    return {
        "aspects": dict.fromkeys(taxonomy(), "-+=") | {PLAIN: NO_MARK},
        "urgency": dict.fromkeys(get_args(UrgencyKind), "!?")
        | dict.fromkeys(("now", "figure", PLAIN), NO_MARK)
        | {"told": "!=" + NO_MARK},
        "speaker": dict.fromkeys(kinds, "!?") | dict.fromkeys((*names, PLAIN), NO_MARK),
        "cues": dict.fromkeys((*_CUES, PLAIN), NO_MARK) | dict.fromkeys(("visit", "work"), "-+="),
    }


def entries_of(language: str, *kinds: str, wanted: Container[str] | None = None) -> list[Entry]:
    """Read the files of a language, all or some kinds, all sections or those wanted.

    Raises ``Fatal`` where one is broken.
    """
    return [
        entry
        for kind in kinds or sections()
        for text in _texts(kind, language)
        for entry in parse(kind, f"{kind}/{language}.txt", text, sections()[kind], wanted)
    ]


def names_of(language: str) -> list[Entry]:
    """Read what accounts' names tell of who speaks, and nothing else: at the first post."""
    names = {section for section in sections()["speaker"] if section.endswith(NAME)}
    return entries_of(language, "speaker", wanted=names)


def _texts(kind: str, language: str) -> list[str]:
    """Return the text of a file, if there is one."""
    file = resources.files("services.enrich") / kind / f"{language}.txt"
    if not file.is_file():
        return []
    try:
        return [file.read_text("utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(f"{kind}/{language}.txt cannot be read: {error}") from error


@cache
def book_of(language: str) -> Book:
    """Return the book of a language. Raises ``Fatal`` where a file of it is broken."""
    names = (language, _EVERY)
    texts = [text for name in names for kind in sections() for text in _texts(kind, name)]
    texts.append(str(sections()))

    def compile_book() -> Compiled:
        return compile_entries(entry for name in names for entry in entries_of(name))

    return Book(kept(language, texts, compile_book))


def find_phrases(
    texts: Sequence[tuple[str, str]],
) -> list[tuple[Tokens, dict[str, list[Hit]]]]:
    """Cut texts, each with its language, and find their phrases: one answer each, in order.

    An answer is the text's words, and its phrases by kind of file. A language without files, or
    none that is known, is read by all books in turn; of a long text the beginning is read.
    """
    # All are cut first, and read language by language: a processor's cache holds one book at best.
    order = sorted(range(len(texts)), key=lambda at: texts[at][1])
    books = {language: _books_for(language) for _, language in texts}
    cut = {at: books[texts[at][1]][0].cut(_beginning(texts[at][0])) for at in order}
    found = {at: _find(books[texts[at][1]], cut[at]) for at in order}
    return [(cut[at], found[at]) for at in range(len(texts))]


def _books_for(language: str) -> list[Book]:
    return [book_of(each) for each in ((language,) if language in LANGUAGES else LANGUAGES)]


def _beginning(text: str) -> str:
    return text if len(text) <= READ else text[: max(text.rfind(" ", 0, READ), READ // 2)]


def _find(books: Sequence[Book], tokens: Tokens) -> dict[str, list[Hit]]:
    if len(books) == 1:
        return books[0].find(tokens)
    found: dict[str, list[Hit]] = {}
    for book in books:
        for kind, hits in book.find(tokens).items():
            found.setdefault(kind, []).extend(hits)
    return {kind: longest(hits) for kind, hits in found.items()}
