"""What a model sees of texts: hashed n-grams, counts of style, what emoji and lists say.

Training and run time share it.

A batch of texts is one array of code points, so that no n-gram costs a step of Python; what is
seen of a text does not depend on the others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .words import ACCOUNT, LINK, PLAIN, SHOUT, Spelling

BUCKET_BITS = 18
BUCKETS = 1 << BUCKET_BITS
"""Buckets of n-grams; the number itself stands for no n-gram."""
CHARACTERS = 5
"""The longest n-gram of characters."""
STYLES = (
    *("characters", "words", "links", "accounts", "shouts", "!", "?", "#", "digits", "emoji"),
    *("colon", "dots", "quote", "starts with an account", "ends with a link"),
)
"""What is counted: of the first ten the logarithm, of the others yes or no."""
COLUMNS = len(STYLES) + 2 + 3
"""Numbers that a text has beside its n-grams: counts of style, and what emoji and lists say."""
KNOWN = 0x20000
"""Code points below this are told apart by their class; those above are letters."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_Hashes = NDArray[np.uint64]

_MIX, _WORD, _PAIR = (
    np.uint64(odd) for odd in (0x9E3779B97F4A7C15, 0xA24BAED4963EE407, 0x9FB21C651E98DF25)
)
_SHIFT = np.uint64(64 - BUCKET_BITS)
_MOOD_LOGARITHMS = np.log1p(np.arange(1 << 10) / 16)
_LETTER, _DIGIT, _EMOJI, _SPACE, _MARK, _COLON, _QUOTE = range(7)
_COUNTED = (LINK, ACCOUNT, SHOUT, "!", "?", "#")
_CLASSES = 7 + len(_COUNTED)
_LOGARITHMS = np.log1p(np.arange(PLAIN + 3, dtype=np.float64))


@dataclass(frozen=True)
class Batch:
    """Plain texts, one after the other; ``bounds`` tells where each begins and the last ends."""

    spellings: Sequence[Spelling]
    codes: NDArray[np.uint32]
    bounds: Ints

    @classmethod
    def of(cls, spellings: Sequence[Spelling]) -> Batch:
        """Put texts together."""
        plain = [spelling.plain for spelling in spellings]
        bounds = np.zeros(len(plain) + 1, np.int64)
        np.cumsum([len(text) for text in plain], out=bounds[1:])
        data = "".join(plain).encode("utf-32-le", "surrogatepass")
        return cls(spellings, np.frombuffer(data, np.uint32), bounds)

    @cached_property
    def classes(self) -> NDArray[np.uint8]:
        """What kind of character each is."""
        return _character_classes()[np.minimum(self.codes, KNOWN)]

    @cached_property
    def owners(self) -> Ints:
        """Which text each character is of."""
        return np.repeat(np.arange(len(self.spellings)), np.diff(self.bounds))

    @cached_property
    def words(self) -> tuple[Ints, Ints, Ints]:
        """Where each word begins and ends, and which text it is of; a cut word may be empty."""
        counts = np.array([len(spelling.words) for spelling in self.spellings], np.int64)
        owners = np.repeat(np.arange(len(counts)), counts)
        lengths = [len(word.plain) + 1 for spelling in self.spellings for word in spelling.words]
        sizes = np.array(lengths, np.int64)
        ends = np.cumsum(sizes)
        before = np.concatenate((np.zeros(1, np.int64), ends))[np.cumsum(counts) - counts]
        ends += self.bounds[owners] - before[owners]
        starts = ends - sizes + 1
        most = self.bounds[owners + 1] - 1
        return np.minimum(starts, most), np.minimum(ends, most), owners

    @cached_property
    def runs(self) -> Runs:
        """The runs of letters, digits and emoji: words less the punctuation around and in them."""
        inside = np.zeros(len(self.codes) + 2, np.bool_)
        inside[1:-1] = self.classes < _SPACE
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        starts, ends = edges[::2], edges[1::2]
        return Runs(_hash_runs(self.codes.astype(np.uint64), starts, ends), starts, ends)


class Runs(NamedTuple):
    """The hash of each run, where it begins and where it has ended."""

    hashes: _Hashes
    starts: Ints
    ends: Ints

    @property
    def buckets(self) -> Ints:
        """The bucket of each."""
        return ((self.hashes * _WORD) >> _SHIFT).view(np.int64)


class Grams(NamedTuple):
    """N-grams of one kind: the bucket of each, and where its first and its last character stand."""

    buckets: Ints
    first: slice | Ints
    last: slice | Ints


def grams(batch: Batch) -> Iterator[Grams]:
    """Yield n-grams of 1 to 5 characters, over the gaps of words too, then words and pairs."""
    size = len(batch.codes)
    codes = batch.codes.astype(np.uint64)
    hashes = codes * _MIX
    inner = batch.bounds[1:-1, None]
    for length in range(1, min(CHARACTERS, size) + 1):
        if length > 1:
            hashes = (hashes[:-1] + codes[length - 1 :]) * _MIX
        buckets = (hashes >> _SHIFT).view(np.int64)
        if length > 1 and len(inner):  # those that begin so late that they end in the next text
            late = (inner - np.arange(1, length)).ravel()
            buckets[late[(late >= 0) & (late < len(buckets))]] = BUCKETS
        yield Grams(buckets, slice(0, size - length + 1), slice(length - 1, size))
    yield from _word_grams(batch)


def _word_grams(batch: Batch) -> Iterator[Grams]:
    hashes, starts, ends = batch.runs
    if not len(starts):
        return
    yield Grams(batch.runs.buckets, starts, ends - 1)
    owners = batch.owners[starts]
    same = owners[:-1] == owners[1:]
    pairs = ((hashes[:-1] * _MIX + hashes[1:]) * _PAIR)[same]
    yield Grams((pairs >> _SHIFT).view(np.int64), starts[:-1][same], ends[1:][same] - 1)


def _hash_runs(codes: _Hashes, starts: Ints, ends: Ints) -> _Hashes:
    """Hash runs: the sum of each character's code times a number of its place in the run."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    lengths = ends - starts
    firsts = np.cumsum(lengths) - lengths
    places = np.arange(lengths.sum()) - np.repeat(firsts, lengths)
    sums = np.add.reduceat(codes[np.repeat(starts, lengths) + places] * _powers()[places], firsts)
    return sums * _MIX


def styles(batch: Batch) -> Floats:
    """Return the counts of style, a row a text."""
    texts = len(batch.spellings)
    cells = batch.owners * _CLASSES + batch.classes
    counts = np.bincount(cells, minlength=texts * _CLASSES).reshape(texts, _CLASSES)
    rows = np.empty((texts, len(STYLES)))
    rows[:, 0] = _LOGARITHMS[np.diff(batch.bounds)]
    rows[:, 1] = _LOGARITHMS[np.minimum([len(s.words) for s in batch.spellings], PLAIN)]
    rows[:, 2:8] = _LOGARITHMS[counts[:, 7:]]
    rows[:, 8:10] = _LOGARITHMS[counts[:, _DIGIT : _EMOJI + 1]]
    rows[:, 10] = counts[:, _COLON] > 0
    rows[:, 11] = ["..." in s.plain for s in batch.spellings]
    rows[:, 12] = counts[:, _QUOTE] > 0
    rows[:, 13] = [s.plain[1:2] == ACCOUNT for s in batch.spellings]
    rows[:, 14] = [s.plain.rstrip(f" {SHOUT}").endswith(LINK) for s in batch.spellings]
    return rows


def emoji(batch: Batch) -> tuple[Ints, Ints]:
    """Return all emoji, as code points, and which text each is of."""
    found = np.flatnonzero(batch.classes == _EMOJI)
    return batch.codes[found].astype(np.int64), batch.owners[found]


def emoji_moods(found: tuple[Ints, Ints], texts: int, moods: NDArray[np.int16]) -> Floats:
    """Return the logarithms of what a text's emoji say for positive and for negative, a row a text.

    ``moods``: by code point below ``KNOWN``, in sixteenths of a log-odd.
    """
    codes, owners = found
    if not len(codes):
        return np.zeros((texts, 2))
    weights = moods[codes]
    sums = [np.bincount(owners, np.maximum(sign * weights, 0), texts) for sign in (1, -1)]
    steps = np.minimum(np.stack(sums, axis=1), len(_MOOD_LOGARITHMS) - 1)
    return _MOOD_LOGARITHMS[steps.astype(np.int64)]


def listed(batch: Batch) -> tuple[Ints, Ints]:
    """Return the buckets of all words that may be listed, and which text each is of."""
    return batch.runs.buckets, batch.owners[batch.runs.starts]


def list_sums(found: tuple[Ints, Ints], languages: Ints, lists: NDArray[np.int8]) -> Floats:
    """Return what a text's listed words say: the logarithms of the good and of the bad, and which
    of both has more per word; a row a text.

    ``lists``: by language, then by bucket; above 0 is good.
    """
    buckets, owners = found
    said = lists[languages[owners], buckets]
    texts = len(languages)
    good, bad = (
        np.bincount(owners, np.maximum(sign * said, 0), texts).astype(np.int64) for sign in (1, -1)
    )
    words = np.maximum(np.bincount(owners, minlength=texts), 1)
    logarithms = (_LOGARITHMS[np.minimum(some, PLAIN)] for some in (good, bad))
    return np.stack((*logarithms, (good - bad) / words), axis=1)


@cache
def _powers() -> _Hashes:
    powers = np.full(PLAIN + 2, _MIX)
    powers[0] = 1
    return np.cumprod(powers)


@cache
def _character_classes() -> NDArray[np.uint8]:
    """Return the class of each code point below 0x20000; the last stands for all others."""
    classes = np.zeros(KNOWN + 1, np.uint8)
    for code in range(KNOWN):
        classes[code] = _character_class(chr(code))
    return classes


def _character_class(character: str) -> int:
    if character in _COUNTED:
        return 7 + _COUNTED.index(character)
    if character.isspace():
        return _SPACE
    if character == ":":
        return _COLON
    if character in '"“”„«»':
        return _QUOTE
    category = unicodedata.category(character)
    if category == "Nd":
        return _DIGIT
    if category == "So" or "\U0001f000" <= character <= "\U0001faff":
        return _EMOJI
    return _MARK if category[0] in "PSC" else _LETTER
