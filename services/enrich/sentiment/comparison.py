"""Two models on the same texts: which labels change, how often in which language, with examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas import Sentiment
from schemas.understanding import Polarity

from ..reading import SentimentModel, Text

ABSTAINED = "abstained"
_EXAMPLES = 3


@dataclass(frozen=True)
class Change:
    """Texts of a language whose label changes in the same way; ``abstained`` is a label here."""

    language: str
    before: Polarity | str
    after: Polarity | str
    texts: tuple[str, ...]

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few of the texts."""
        return self.texts[:_EXAMPLES]


def compare(old: SentimentModel, new: SentimentModel, texts: Sequence[Text]) -> list[Change]:
    """Return what changes, the most frequent first."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for text, before, after in zip(texts, _labels(old, texts), _labels(new, texts), strict=True):
        if before != after:
            found.setdefault((text.language, before, after), []).append(text.text)
    changes = [Change(*kind, tuple(some)) for kind, some in found.items()]
    return sorted(changes, key=lambda change: (-len(change.texts), change.language))


def _labels(model: SentimentModel, texts: Sequence[Text]) -> list[str]:
    return [_label(reading.sentiment) for reading in model.read(texts)]


def _label(sentiment: Sentiment) -> str:
    return ABSTAINED if sentiment.abstained else sentiment.label
