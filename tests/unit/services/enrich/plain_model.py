"""A sentiment model for tests: some words pull, each by a fixed weight."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from schemas import Sentiment
from services.enrich.reading import Pull, Reading, Text

WORDS: Mapping[str, float] = {"grim": -2.0, "harrowing": -3.0, "neat": 2.0, "splendid": 3.0}


class PlainModel:
    """Adds up the weights of known words."""

    name = "plain-1"

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Judge texts, one answer each."""
        return [self._read(text.text) for text in texts]

    def _read(self, text: str) -> Reading:
        pulls = tuple(
            Pull(found.start(), found.end(), WORDS.get(found.group().lower(), 0.0))
            for found in re.finditer(r"\w+", text)
        )
        score = math.tanh(sum(pull.weight for pull in pulls))
        positive, negative = max(score, 0.0), max(-score, 0.0)
        return Reading(
            Sentiment(
                label="positive" if score > 0.5 else "negative" if score < -0.5 else "neutral",
                p_negative=negative,
                p_neutral=1 - positive - negative,
                p_positive=positive,
                confidence=max(positive, negative, 1 - positive - negative),
                abstained=score == 0,
                model=self.name,
            ),
            pulls,
        )
