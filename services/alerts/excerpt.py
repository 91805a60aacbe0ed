"""Text of strangers made fit to be shown: cut at whole characters, without what hides or steers.

It does not escape: that is each channel's own.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

EXCERPT_CHARS = 400
MAX_URL_CHARS = 2000

# Overrides and isolates can turn the text around them; they carry no letters of any script.
_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*\n\s*")
_MOST_MARKS = 4
"""Combining marks in a row; more is text that climbs over its neighbours."""
_JOINER = "\u200d"
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """Return text without controls, overrides, lone surrogates and towers of marks."""
    kept: list[str] = []
    marks = 0
    for char in _STEERING.sub("", text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MOST_MARKS:
            continue
        if category in ("Cc", "Zl", "Zp"):
            kept.append("\n" if char == "\n" or category in ("Zl", "Zp") else " ")
        elif category != "Cs":
            kept.append(char)
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(kept).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """Return clean text on one line."""
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    """Return text of at most ``limit`` code points; a cut one ends in an ellipsis.

    It cuts between words where one ends in the last fifth, and never inside a character that is
    made of several code points (flags, families, accents).
    """
    if len(text) <= limit:
        return text
    end = limit - len(_ELLIPSIS)
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    if space >= end * 4 // 5:
        end = space
    while end > 0 and _joined(text, end):
        end -= 1
    return text[:end].rstrip() + _ELLIPSIS


def _joined(text: str, at: int) -> bool:
    """Whether the code points on both sides of a place belong to one character."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or _JOINER in (before, after):
        return True
    code = ord(after)
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:  # skin tones, tags of flags
        return True
    if not _is_regional(after):
        return False
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return (at - start) % 2 == 1


def _is_regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def excerpt(text: str) -> str:
    """Return what of a post's text is shown in a message."""
    return cut(clean(text), EXCERPT_CHARS)


def link(url: str | None) -> str | None:
    """Return a web address that is safe to put behind a link, or ``None``: http and https only."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "\\" in parts.netloc:
        return None
    try:
        # Leaves what a valid address may hold; quotes <, >, |, ", spaces and other letters.
        safe = quote(parts.geturl(), safe="%:/?#[]@!$&'()*+,;=~-._")
    except UnicodeEncodeError:
        return None
    return safe if len(safe) <= MAX_URL_CHARS else None
