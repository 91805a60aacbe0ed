"""What is read from a text, and what a sentiment model is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from schemas import Sentiment

Source = Literal["post", "review", "comment"]
"""The kinds of source that a model may judge by different intercepts."""


@dataclass(frozen=True)
class Text:
    """A text with its language (ISO 639-1 or ``und``) and the kind of source it comes from."""

    text: str
    language: str
    source: Source = "post"


class Pull(NamedTuple):
    """A word of the text, in code points, and where it pulls: above 0 to positive (log-odds)."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Reading:
    """How a text feels, and the pull of each of its words, in their order."""

    sentiment: Sentiment
    pulls: tuple[Pull, ...]


class SentimentModel(Protocol):
    """Judges texts. The same text always gives the same answer, alone or among others."""

    @property
    def name(self) -> str:
        """Name and version, as the events carry it."""
        ...

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Judge texts, one answer each, in order."""
        ...
