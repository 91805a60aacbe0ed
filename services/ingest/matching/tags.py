r"""Keys of hashtags, and hashtags and mentions found in plain text by Unicode category.

``\w`` is not used to find tags: it leaves out combining marks, and so cuts Hindi and Thai words.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

FOLDING_PLATFORMS = frozenset({"mastodon", "flickr"})
"""Platforms that fold or squash tags themselves, so that only the loose key can match."""

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_JOINERS = frozenset({"_", "·", "・", _ZWNJ, _ZWJ})
_BEGINNING = re.compile(r"^[\s#]+")
_TAG_START = re.compile("[#＃]")
_MENTION = re.compile(
    r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:@[A-Za-z0-9.-]*[A-Za-z0-9])?)"
)


def tag_key(tag: str) -> str:
    """Return the key under which equal hashtags meet, whatever their case and width.

    Normalised twice since case folding can undo NFKC; a key is its own key.
    """
    folded = normalize("NFKC", normalize("NFKC", tag).casefold())
    # Not by one pattern: looked for at the end, spaces inside cost the square of their number.
    return _BEGINNING.sub("", folded).rstrip()


def tag_fold(tag: str) -> str:
    """Return the loose key: letters, digits and ``_`` without marks.

    Unrelated Hindi or Thai words may share one, so it counts on ``FOLDING_PLATFORMS`` only.
    """
    return "".join(
        char for char in normalize("NFKD", tag_key(tag)) if category(char)[0] in "LN" or char == "_"
    )


def normalise_hashtags(tags: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the keys of hashtags, sorted, each once, empty ones left out."""
    return tuple(sorted({tag_key(tag) for tag in tags} - {""}))


def extract_hashtags(text: str) -> tuple[str, ...]:
    """Find hashtags in plain text, for sources that do not give them; as keys, sorted."""
    found = []
    for start in _TAG_START.finditer(text):
        at = start.start()
        if at and (is_word(text[at - 1]) or text[at - 1] in "&/#＃"):
            continue
        end = at + 1
        while end < len(text) and is_word(text[end]):
            end += 1
        tag = text[at + 1 : end].strip(_ZWNJ + _ZWJ)
        if tag and not all(category(char)[0] == "N" for char in tag):
            found.append(tag)
    return normalise_hashtags(found)


def extract_mentions(text: str) -> tuple[str, ...]:
    """Find ``@name`` and ``@name@host`` in plain text; names without ``@``, in order, each once."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def is_word(char: str) -> bool:
    """Tell whether a character is part of a word: a letter, a digit, a mark or a joiner."""
    return char in _JOINERS or category(char)[0] in "LNM"
