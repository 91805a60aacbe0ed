"""What a sentiment model is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from schemas import Sentiment


class SentimentModel(Protocol):
    """Judges texts. The same text in the same language always gives the same answer."""

    @property
    def name(self) -> str:
        """Name and version, as the events carry it."""
        ...

    def judge(self, texts: Sequence[tuple[str, str]]) -> list[Sentiment]:
        """Judge (text, language code) pairs, one answer each, in order."""
        ...
