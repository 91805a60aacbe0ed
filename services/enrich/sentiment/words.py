"""The words of a text in one plain spelling, and where they stand in the text as it is.

Of a long text the beginning and the end are read. No text makes it raise.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LINK, ACCOUNT, SHOUT = "\ue000", "\ue001", "\ue002"
"""Marks of Unicode's private use area: for any link, any account, and a word in capitals."""
HEAD, TAIL = 700, 300
"""Code points read of a text that has more, from its beginning and from its end."""
PLAIN = 1_200
"""Characters of plain spelling read at most: one code point may become eighteen."""

_SHOUTS = 3
_CACHED_LENGTH = 48
_LINKS = re.compile(r"\bhttps?(?:://\S*|\b)|\bwww\.\S+", re.IGNORECASE)
_ACCOUNTS = re.compile(r"@\w+(?:@\w[\w.-]*)?")
_TAGS = re.compile(r"#(\w+)")
_HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d])(?=\d)|_")
_BARE_LINKS = ("http", "https")
_LINK_BEGINS = re.compile(r"[hH][tT][tT][pP]|[wW]{3}")
_RUN = re.compile(r"(.)\1\1\1", re.DOTALL)
_RUNS = re.compile(r"(.)\1{3,}", re.DOTALL)
_DRESS = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\ue000-\ue002]")
_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)


class Word(NamedTuple):
    """A word's plain spelling, whether it is shouted, and where its letters begin and end."""

    plain: str
    shouted: bool
    start: int
    end: int


class Spelling(NamedTuple):
    """A text in plain spelling, between two spaces; its words, and how each stands in it."""

    plain: str
    words: list[Word]
    raw: list[str]


def spell(text: str) -> Spelling:
    """Spell a text plainly: each word for itself, then a mark for each of the first shouts."""
    raw = _read(text).split()
    words = [_common(word) if len(word) <= _CACHED_LENGTH else _spell(word) for word in raw]
    shouts = sum(word.shouted for word in words)
    plain = " ".join([word.plain for word in words])
    if shouts:
        plain = f"{plain} {SHOUT * min(shouts, _SHOUTS)}"
    return Spelling(f" {plain[:PLAIN]} ", words, raw)


def spans(text: str, spelling: Spelling) -> tuple[list[int], list[int]]:
    """Return where each word begins and ends in the text, less the punctuation at its ends."""
    read = _read(text)
    skipped = len(text) - len(read)
    starts, ends, at = [], [], 0
    for raw, (_, _, start, end) in zip(spelling.raw, spelling.words, strict=True):
        at = read.index(raw, at)
        first = at + skipped if skipped and at > HEAD else at
        starts.append(first + start)
        ends.append(first + end)
        at += len(raw)
    return starts, ends


def _read(text: str) -> str:
    if len(text) <= HEAD + TAIL + 1:
        return text
    return f"{text[:HEAD]} {text[-TAIL:]}"


def _spell(raw: str) -> Word:
    plain, start, end = raw, 0, len(raw)
    if "&" in plain:
        plain = html.unescape(plain)
    if not plain.isascii():
        plain = _DRESS.sub("", unicodedata.normalize("NFKC", plain))
    letters = plain.lstrip("#")
    shouted = len(letters) > 1 and letters.isupper() and letters[0] != "@"
    if not raw.isalnum() or raw in _BARE_LINKS:
        if "@" in plain or "#" in plain or _LINK_BEGINS.search(plain):
            plain = _TAGS.sub(_split_tag, _ACCOUNTS.sub(ACCOUNT, _LINKS.sub(LINK, plain)))
        if core := _CORE.search(raw):
            start, end = core.span()
    return Word(" ".join(_squeeze(plain.lower()).split()), shouted, start, end)


def _squeeze(plain: str) -> str:
    """Cut runs of a character to three; to look for one first is quicker."""
    return _RUNS.sub(r"\1\1\1", plain) if _RUN.search(plain) else plain


_common = lru_cache(maxsize=1 << 17)(_spell)


def _split_tag(tag: re.Match[str]) -> str:
    parts = [part for part in _HUMPS.split(tag[1]) if part]
    return f"{tag[0]} {' '.join(parts)}" if len(parts) > 1 else tag[0]
