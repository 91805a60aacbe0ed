"""The default model: what a table's scores say of texts, and of each of their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..reading import Pull, Reading, Text
from .answers import answers, nothing_said
from .features import Batch, Ints
from .manifest import OTHER, read_manifest, read_weights
from .table import SOURCES, Table, Weights, parse_weights
from .words import ACCOUNT, LINK, SHOUT, spans, spell

SHIPPED = Path(__file__).parent / "model"
"""The model that comes with the program."""

_BATCH = 256
_NOTHING = f" {LINK}{ACCOUNT}{SHOUT}"


class TableModel:
    """Reads texts with the tables of some languages, of which the last is ``other``."""

    def __init__(self, name: str, languages: Sequence[str], weights: Weights) -> None:
        self.name = name
        self._floors = weights.floors
        self._table = Table(weights)
        self._languages = {code: at for at, code in enumerate(languages)}

    @classmethod
    def open(cls, folder: Path) -> TableModel:
        """Open a model folder. Raises ``Fatal`` where it is missing, broken or not as it says."""
        manifest = read_manifest(folder)
        weights = parse_weights(read_weights(folder, manifest), len(manifest.languages))
        return cls(manifest.full_name, manifest.languages, weights)

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        """Judge texts, one answer each, in order."""
        return [
            reading
            for at in range(0, len(texts), _BATCH)
            for reading in self._read(texts[at : at + _BATCH])
        ]

    def _read(self, texts: Sequence[Text]) -> Iterator[Reading]:
        spellings = [spell(text.text) for text in texts]
        languages = self._numbers(texts)
        sources = np.array([SOURCES.index(text.source) for text in texts], np.int64)
        scores = self._table.score(Batch.of(spellings), languages, sources)
        weights = scores.words.round(3).tolist()
        pulls, at = [], 0
        for text, spelling in zip(texts, spellings, strict=True):
            starts, ends = spans(text.text, spelling)
            pulls.append(tuple(map(Pull, starts, ends, weights[at : at + len(starts)])))
            at += len(starts)
        judged = answers(
            self.name,
            scores.logits,
            self._floors[languages],
            pulls,
        )
        for spelling, sentiment, own in zip(spellings, judged, pulls, strict=True):
            if spelling.plain.strip(_NOTHING):
                yield Reading(sentiment, own)
            else:
                yield Reading(nothing_said(self.name), own)

    def _numbers(self, texts: Sequence[Text]) -> Ints:
        other = self._languages[OTHER]
        return np.array([self._languages.get(text.language, other) for text in texts], np.int64)
