"""Which language a text is in: the script first, then a detector restricted to our languages.

Short texts may stay undetermined (``und``); then the author's declared language counts, if any.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from schemas import Language

LANGUAGES = (
    "ar bg bs ca cs da de el en es et fi fr ga he hi hr hu id it ja ko lt lv mt nl no pl pt ro ru "
    "sk sl sq sr sv tr uk vi zh"
).split()
UNDETERMINED = "und"

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[@#＃]\S+", re.IGNORECASE)
_SCRIPTS = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "HEBREW": "he", "GREEK": "el"}
_MIN_LETTERS = 12
_SURE = 0.8
_DECLARED_CONFIDENCE = 0.6
_READ_CHARS = 2_000


def detect_language(text: str, declared: str | None) -> Language:
    """Return the language of a text; ``declared`` is what the author or platform says (BCP 47)."""
    words = _NOT_WORDS.sub(" ", text[:_READ_CHARS]).strip()
    prior = _base(declared)
    letters = sum(character.isalpha() for character in words)
    if script := _by_script(words):
        return Language(code=script, confidence=1.0)
    if letters == 0 or (letters < _MIN_LETTERS and prior is None):
        return Language(code=UNDETERMINED, confidence=0.0)
    code, probability = load_detector().classify(words)
    confidence = min(1.0, max(0.0, float(probability)))
    if prior is not None and prior != code and (confidence < _SURE or letters < _MIN_LETTERS):
        return Language(code=prior, confidence=_DECLARED_CONFIDENCE)
    return Language(code=code, confidence=round(confidence, 4))


@cache
def load_detector() -> LanguageIdentifier:
    """Load the detector, once. It takes about a second, for which the first text would wait."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


def _base(declared: str | None) -> str | None:
    code = (declared or "").partition("-")[0].lower()
    return code if code in LANGUAGES else None


def _by_script(words: str) -> str | None:
    for character in words:
        if character.isalpha() and not character.isascii():
            script = unicodedata.name(character, "").partition(" ")[0]
            if script in _SCRIPTS:
                return _SCRIPTS[script]
    return None
