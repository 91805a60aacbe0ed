"""Cuts a text into folded words, each with its place in the original; addresses are no words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .folding import Folding

NONE, COMMA, STOP, QUESTION = 0, 1, 2, 3
"""What stands before a word: nothing, a pause, the end of a sentence, the end of a question."""

NUMBER, YEAR, HANDLE = "#", "##", "@"
"""What numbers, numbers of four digits and handles fold to."""

EMERGENCY = frozenset("061 062 080 091 110 112 113 115 117 118 144 911 999".split())
"""Numbers that one calls for help: these stay themselves."""

WordSet = int
"""Some words of a text, a bit for each: the first word is the lowest."""

_HIDDEN = "\u00ad\u200b-\u200d\u2060\ufeff"


def _marks() -> str:
    """The combining marks of living scripts, as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in range(0x10000):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges)


_LETTER = r"[^\W\d_\u02bc]"
_TOKEN = re.compile(  # with the blank after it, at which else every kind would be tried
    rf"(?:(?P<word>{_LETTER}+(?:[{_marks()}{_HIDDEN}]+{_LETTER}*)*(?:(?<=[nN])['’\u02bc][tT]\b)?)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)"
    r"|(?P<question>[!.]*[?？؟][!?.؟]*)"
    r"|(?P<stop>[!;\n。！]+|\.(?!\.)(?=[\s\"'”’»)]|$))"
    r"|(?P<pause>[,:()\u2013\u2014،、]|\.{2,}|…|(?<=\s)-+\s)"
    r"|(?P<quote>[\"“”„«»‹›]|(?<!\w)['‘‚](?=\w)|(?<=\w)['’](?!\w))"
    r"|(?P<sign>[%€£$°\u2190-\u2bff\U0001f000-\U0001f3fa\U0001f400-\U0001faff])"
    r"|(?P<tag>[#＃](?=\w))"
    r"|(?P<handle>@[\w.-]+)"
    r"|(?P<address>(?:https?://|www\.)\S+)) ?"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_QUOTED_WORDS = 12


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, in order: folded, and where each begins and ends in the original.

    ``before``: what stands before each (``NONE`` to ``QUESTION``); ``end``: after the last.
    ``quoted``: which words stand in quotation marks.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    before: list[int]
    end: int
    quoted: WordSet

    def __len__(self) -> int:
        return len(self.words)


def words_between(first: int, end: int) -> WordSet:
    """Return the words from ``first`` to before ``end``."""
    return (1 << end) - (1 << first)


def cut(text: str, folding: Folding) -> Tokens:
    """Cut a text into tokens. Never raises."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    quotes: list[int] = []
    seen = NONE
    tagged = False
    if "http" in text or "www." in text:
        text = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        start, end = found.span(kind or 0)
        if kind == "word":
            if tagged:
                for part_start, part_end in _camel(text, start, end):
                    words.append(folding[text[part_start:part_end]])
                    starts.append(part_start)
                    ends.append(part_end)
                    before.append(seen)
                    seen = NONE
                tagged = False
                continue
            word = folding[text[start:end]]
            if not word:
                continue
        elif kind == "number":
            word = text[start:end]
            if word not in EMERGENCY:
                word = YEAR if end - start == 4 and word.isdigit() else NUMBER
        elif kind == "sign":
            word = text[start:end]
        elif kind == "handle":
            word = HANDLE
        else:
            if kind == "pause":
                seen = max(seen, COMMA)
            elif kind == "stop":
                seen = max(seen, STOP)
            elif kind == "question":
                seen = QUESTION
            elif kind == "quote":
                quotes.append(len(words))
            elif kind == "tag":
                tagged = True
            continue
        tagged = False
        words.append(word)
        starts.append(start)
        ends.append(end)
        before.append(seen)
        seen = NONE
    return Tokens(words, starts, ends, before, seen, _between(quotes))


def _camel(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut ``NoQueueToday`` at its capitals."""
    cuts = [start]
    for index in range(start + 1, end):
        if text[index].isupper() and not (
            text[index - 1].isupper() and (index + 1 == end or not text[index + 1].islower())
        ):
            cuts.append(index)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _between(quotes: list[int]) -> WordSet:
    """The words between each two quotation marks that stand near each other."""
    quoted = 0
    for first, end in zip(quotes[::2], quotes[1::2], strict=False):
        if first < end <= first + _QUOTED_WORDS:
            quoted |= words_between(first, end)
    return quoted
