"""Which language a text is in: the script first, then a detector restricted to our languages.

The language that the author or platform declares wins where the text does not say it clearly.
Short texts may stay undetermined (``und``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from schemas import Language

from .detector import Detector

LANGUAGES = (
    "ar bg bs ca cs da de el en es et fi fr ga he hi hr hu id it ja ko lt lv mt nl no pl pt ro ru "
    "sk sl sq sr sv tr uk vi zh"
).split()
UNDETERMINED = "und"

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#＃]\S+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "HEBREW": "he",
    "GREEK": "el",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
}
_SCRIPT_SHARE = 0.5
_KANA_SHARE = 0.1
_MIN_LETTERS = 12
_SURE = 0.8
_UNSURE = 0.2
_DECLARED_CONFIDENCE = 0.6
_READ_CHARS = 280


def detect_languages(texts: Sequence[tuple[str, str | None]]) -> list[Language]:
    """Return the languages of texts, each given with the one that its author or platform declares
    (BCP 47), or ``None``.
    """
    found = [_by_letters(text, declared) for text, declared in texts]
    unclear = [each for each in found if isinstance(each, _Unclear)]
    detected = iter(load_detector().classify([each.words for each in unclear]))
    return [
        _settle(each, *next(detected)) if isinstance(each, _Unclear) else each for each in found
    ]


def detect_language(text: str, declared: str | None) -> Language:
    """Return the language of a text; ``declared`` is what the author or platform says (BCP 47)."""
    return detect_languages([(text, declared)])[0]


@cache
def load_detector() -> Detector:
    """Load the detector, once. The first text would wait for it, the first ever a second."""
    return Detector(LANGUAGES)


class _Unclear(NamedTuple):
    """What the detector is asked: words, how many letters they have, and the declared language."""

    words: str
    letters: int
    prior: str | None


def _by_letters(text: str, declared: str | None) -> Language | _Unclear:
    words = text[: 4 * _READ_CHARS]
    if "#" in words or "@" in words or "＃" in words or "http" in words or "www." in words:
        words = _NOT_WORDS.sub(" ", words)
    words = words.strip()[:_READ_CHARS]
    prior = _base(declared)
    found = "".join(_LETTERS.findall(words))
    if not found:
        return Language(code=UNDETERMINED, confidence=0.0)
    if not found.isascii() and (script := _by_script(found)):
        return Language(code=script, confidence=1.0)
    if len(found) < _MIN_LETTERS and prior is None:
        return Language(code=UNDETERMINED, confidence=0.0)
    return _Unclear(words, len(found), prior)


def _settle(asked: _Unclear, code: str, probability: float) -> Language:
    confidence = min(1.0, max(0.0, probability))
    if asked.prior not in (None, code) and (confidence < _SURE or asked.letters < _MIN_LETTERS):
        return Language(code=asked.prior or code, confidence=_DECLARED_CONFIDENCE)
    if confidence < _UNSURE:
        return Language(code=UNDETERMINED, confidence=0.0)
    return Language(code=code, confidence=round(confidence, 4))


def _base(declared: str | None) -> str | None:
    code = (declared or "").partition("-")[0].lower()
    return code if code in LANGUAGES else None


def _by_script(letters: str) -> str | None:
    """Return the language whose script most letters are in; any kana makes ideographs Japanese."""
    counts: dict[str, int] = {}
    for letter in letters:
        if not letter.isascii():
            code = _SCRIPTS.get(_script(letter))
            if code:
                counts[code] = counts.get(code, 0) + 1
    for code, count in counts.items():
        if count >= (_KANA_SHARE if code == "ja" else _SCRIPT_SHARE) * len(letters):
            return code
    return None


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
