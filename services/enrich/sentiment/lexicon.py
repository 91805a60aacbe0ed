"""A first sentiment: weighted words in five languages, with negation. It abstains without a hit.

It knows no context and no irony; it stands behind the interface until the trained model takes
its place.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

from schemas import Sentiment
from services.common.errors import Fatal

_TOKEN = re.compile(r"\w+|[^\w\s]", re.UNICODE)
_NEGATION_REACH = 3
_CLAUSE_END = frozenset(".,;:!?…\n")
_NEUTRAL_WEIGHT = 1.0
_MODEL = "lexicon-1"
_LANGUAGES = ("de", "en", "es", "fr", "it")
_READ_CHARS = 10_000


@dataclass(frozen=True)
class _Words:
    """Phrases of one language by their first token, each with its weight; and its negations."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], float], ...]]
    negations: frozenset[str]


class LexiconModel:
    """Words with weights from ``words/<language>.txt``; other languages are left to emoji."""

    name = _MODEL

    @cached_property
    def _words(self) -> dict[str, _Words]:
        common = _parse(_read("emoji"))
        return {code: _merge(common, _parse(_read(code))) for code in _LANGUAGES} | {"": common}

    def judge(self, texts: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge (text, language code) pairs, one answer each, in order."""
        return [self._judge(text, code) for text, code in texts]

    def _judge(self, text: str, code: str) -> Sentiment:
        words = self._words.get(code) or self._words[""]
        positive, negative = _weigh(_tokens(text[:_READ_CHARS]), words)
        total = positive + negative + _NEUTRAL_WEIGHT
        p_negative, p_positive = negative / total, positive / total
        p_neutral = max(0.0, 1.0 - p_negative - p_positive)
        shares = {"negative": p_negative, "neutral": p_neutral, "positive": p_positive}
        abstained = positive == negative == 0
        label = "neutral" if abstained else max(shares, key=shares.__getitem__)
        return Sentiment.model_validate(
            {
                "label": label,
                "p_negative": round(p_negative, 4),
                "p_neutral": round(p_neutral, 4),
                "p_positive": round(p_positive, 4),
                "confidence": round(shares[label], 4),
                "abstained": abstained,
                "model": _MODEL,
            }
        )


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_fold(text))


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _weigh(tokens: Sequence[str], words: _Words) -> tuple[float, float]:
    """Return the positive and the negative weight of a text."""
    positive = negative = 0.0
    negated_until = -1
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in _CLAUSE_END:
            negated_until = -1
        elif token in words.negations:
            negated_until = at + _NEGATION_REACH
        length, weight = _longest(tokens, at, words)
        if weight:
            signed = -weight / 2 if at <= negated_until else weight
            positive += max(signed, 0.0)
            negative += max(-signed, 0.0)
        at += max(length, 1)
    return positive, negative


def _longest(tokens: Sequence[str], at: int, words: _Words) -> tuple[int, float]:
    for phrase, weight in words.phrases.get(tokens[at], ()):
        if tuple(tokens[at : at + len(phrase)]) == phrase:
            return len(phrase), weight
    return 0, 0.0


def _read(name: str) -> str:
    try:
        return (resources.files(__package__) / "words" / f"{name}.txt").read_text("utf-8")
    except OSError as error:
        raise Fatal(f"the word list {name}.txt of the sentiment model is missing") from error


def _parse(text: str) -> _Words:
    """Read a word list: ``weight phrase`` a line, ``not word`` for a negation, ``#`` comments."""
    phrases: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    negations = set()
    for line in text.splitlines():
        stripped = line.partition("#")[0].strip()
        if not stripped:
            continue
        weight, _, words = stripped.partition(" ")
        phrase = tuple(_tokens(words))
        if weight == "not":
            negations.add(phrase[0])
        elif math.isfinite(value := float(weight)):
            phrases.setdefault(phrase[0], []).append((phrase, value))
    return _Words(
        {
            first: tuple(sorted(found, key=lambda entry: -len(entry[0])))
            for first, found in phrases.items()
        },
        frozenset(negations),
    )


def _merge(left: _Words, right: _Words) -> _Words:
    return _Words(dict(left.phrases) | dict(right.phrases), left.negations | right.negations)
