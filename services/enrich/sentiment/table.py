"""The trained weights: per language one table of n-grams, and weights of style and of the source.

A table answers with two scores: polarity (positive less negative) and neutrality. An n-gram's two
weights and what it adds to the text's length are packed in one whole number, so that one look-up
and one sum serve all three, in any order exactly.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.understanding import Polarity
from services.common.errors import Fatal

from ..reading import Source
from .features import (
    BUCKETS,
    CHARACTERS,
    COLUMNS,
    KNOWN,
    Batch,
    Floats,
    Ints,
    character_grams,
    emoji,
    emoji_moods,
    gaps,
    list_sums,
    listed,
    styles,
)

LABELS: tuple[Polarity, ...] = ("negative", "neutral", "positive")
SOURCES: tuple[Source, ...] = ("post", "review", "comment")
LENGTH_STEP = 2.5
"""What one step of an n-gram's squared rarity is worth."""

_LENGTH_BITS, _NEUTRAL_BITS = 20, 22


@dataclass(frozen=True)
class Weights:
    """What training learned. The first axis of most is the language, ``other`` the last.

    ``grams``: by bucket, for polarity and for neutrality, in steps of ``steps``.
    ``rarity``: by bucket, the square of the inverse document frequency in steps.
    ``styles``, ``intercepts``: by count of style, by kind of source.
    ``emoji``, ``moods``: code points, and what each says, in sixteenths of a log-odd.
    ``words``, ``said``: language and bucket of the words that are listed, and what each says.
    ``floors``: confidence below which a model abstains.
    """

    grams: NDArray[np.int8]
    steps: Floats
    rarity: NDArray[np.uint8]
    styles: Floats
    intercepts: Floats
    emoji: Ints
    moods: NDArray[np.int16]
    words: Ints
    said: NDArray[np.int8]
    floors: Floats


def write_weights(weights: Weights) -> bytes:
    """Return weights as an .npz file, the same bytes for the same weights."""
    file = io.BytesIO()
    arrays: dict[str, Any] = {field.name: getattr(weights, field.name) for field in fields(Weights)}
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def parse_weights(data: bytes, languages: int) -> Weights:
    """Read an .npz file, never a pickle. Raises ``Fatal`` where it does not hold weights."""
    shapes = {
        "grams": (languages, BUCKETS, 2),
        "steps": (languages, 2),
        "rarity": (BUCKETS,),
        "styles": (languages, COLUMNS, 2),
        "intercepts": (languages, len(SOURCES), 2),
        "floors": (languages,),
    }
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            weights = Weights(**{field.name: file[field.name] for field in fields(Weights)})
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Fatal(f"the sentiment model's weights cannot be read: {error}") from error
    for name, shape in shapes.items():
        if (found := getattr(weights, name).shape) != shape:
            raise Fatal(f"the sentiment model's {name} have the shape {found}, not {shape}")
    return weights


class Scores(NamedTuple):
    """Of each text the log-odds of the three labels, and of each word how it pulls to positive."""

    logits: Floats
    words: Floats


class Table:
    """Scores batches of texts."""

    def __init__(self, weights: Weights) -> None:
        # Not the weights themselves: packed, they would be there twice.
        self._steps, self._intercepts = weights.steps, weights.intercepts
        self._styles = weights.styles
        self._packed = _pack(weights)
        self._moods = np.zeros(KNOWN, np.int16)
        self._moods[weights.emoji] = weights.moods
        self._lists = np.zeros((len(weights.grams), BUCKETS), np.int8)
        self._lists[tuple(weights.words)] = weights.said

    def score(self, batch: Batch, languages: Ints, sources: Ints) -> Scores:
        """Score texts, each with the number of its language and of its kind of source."""
        first, last = self._sum_up(batch, languages)
        begun = first.take(batch.bounds)
        polarity, neutrality, length = _unpack(begun[1:] - begun[:-1])
        scale = self._steps.take(languages, axis=0)
        scale /= np.sqrt(LENGTH_STEP * np.maximum(length, 1))[:, None]
        texts = np.array((polarity, neutrality)).T * scale
        texts += self._intercepts[languages, sources]
        style = np.concatenate(
            (
                styles(batch),
                emoji_moods(emoji(batch), len(languages), self._moods),
                list_sums(listed(batch), languages, self._lists),
            ),
            axis=1,
        )
        styled = style[:, :, None] * self._styles.take(languages, axis=0)
        styled[:, 0] += texts
        texts = np.add.accumulate(styled, axis=1)[:, -1]  # a sum in one order, unlike sum()
        before, after = gaps(batch)
        # A word's n-grams count half where they begin, and half where they end.
        halves = first[:-1] + last[1:]
        pulls = _polarity((halves.take(after) - halves.take(before)) >> _LENGTH_BITS)
        return Scores(log_odds(texts), pulls * (scale[:, 0] / 2).repeat(batch.counts))

    def _sum_up(self, batch: Batch, languages: Ints) -> tuple[Ints, Ints]:
        """Return running sums of n-grams, by where they begin and by where they end."""
        tables = languages * (BUCKETS + 1)
        buckets = character_grams(batch)
        buckets[:, 1:-1] += tables.take(batch.owners)
        found = self._packed.take(buckets)
        first = np.add.reduce(found[:, :-1], axis=0)
        # In rows shorter by one, each begins one later than the row before: all by their last.
        by_last = found.ravel()[:-CHARACTERS].reshape(CHARACTERS, -1)
        last = np.add.reduce(by_last, axis=0)
        alone, pairs = self._packed.take(batch.runs.buckets + tables.take(batch.runs.owners))
        first[batch.runs.starts + 1] += alone + pairs
        alone[1:] += pairs[:-1]
        last[batch.runs.ends] += alone
        return np.add.accumulate(first), np.add.accumulate(last)


def log_odds(scores: Floats) -> Floats:
    """Return the log-odds of the three labels out of polarity and neutrality, a row each."""
    half = scores[:, 0] / 2
    return np.array((-half, scores[:, 1], half)).T


def _pack(weights: Weights) -> Ints:
    packed = np.zeros((len(weights.grams), BUCKETS + 1), np.int64)
    polarity, neutrality = weights.grams[:, :, 0], weights.grams[:, :, 1]
    packed[:, :BUCKETS] = polarity
    packed[:, :BUCKETS] <<= _NEUTRAL_BITS
    packed[:, :BUCKETS] += neutrality
    packed[:, :BUCKETS] <<= _LENGTH_BITS
    packed[:, :BUCKETS] += weights.rarity
    return packed.ravel()


def _unpack(sums: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the sums of polarity, neutrality and length that one number holds."""
    length = sums & ((1 << _LENGTH_BITS) - 1)
    rest = sums >> _LENGTH_BITS
    polarity = _polarity(rest)
    return polarity, rest - (polarity << _NEUTRAL_BITS), length


def _polarity(sums: Ints) -> Ints:
    """Return the sums of polarity that numbers hold beside those of neutrality, of either sign."""
    return (sums + (1 << (_NEUTRAL_BITS - 1))) >> _NEUTRAL_BITS
