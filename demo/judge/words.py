"""Whether a notification shows its post: the letters of its beginning, however they stand."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

_ENOUGH = 30
"""Letters by which a post is known; what follows may be cut."""
_TAG = re.compile(r"<[^>]*>")


def shows_any(shown: str, texts: Iterable[str]) -> bool:
    """Whether one of these texts is shown; texts without a letter cannot be looked for."""
    beginnings = {_letters(text)[:_ENOUGH] for text in texts} - {""}
    seen = _letters(shown)
    return not beginnings or any(beginning in seen for beginning in beginnings)


def seen_in_html(page: str) -> str:
    """The words of a page, without its tags."""
    return html.unescape(_TAG.sub(" ", page))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in folded if char.isalnum())
