"""What a model sees of texts: hashed n-grams, counts of style, what emoji and lists say.

Training and run time share it.

A batch of texts is one array of code points, so that no n-gram costs a step of Python; what is
seen of a text does not depend on the others.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
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
_NONE = np.zeros(0, np.int64)
_MOOD_LOGARITHMS = np.log1p(np.arange(1 << 10) / 16)
_SPACE, _MARK, _COLON, _QUOTE = range(4)
_COUNTED = (LINK, ACCOUNT, SHOUT, "!", "?", "#")
_DIGIT, _EMOJI, _LETTER = range(4 + len(_COUNTED), 7 + len(_COUNTED))
"""Words are made of these three; what is counted in ``STYLES`` stands in their order before."""
_CLASSES = _LETTER + 1
_LOGARITHMS = np.log1p(np.arange(PLAIN + 3, dtype=np.float64))
_LATE = tuple(
    np.array([(grown, back) for grown in range(CHARACTERS) for back in range(1, grown + 1)]).T
)
"""N-grams, by the characters after their first, and how far before a text's end they begin, that
end behind it.
"""


class Runs(NamedTuple):
    """Runs of letters, digits and emoji: words less the punctuation around and in them.

    Where each begins, where it has ended, and which text it is of; ``buckets``: of each alone, and
    of each with the one that follows in its text.
    """

    buckets: Ints
    starts: Ints
    ends: Ints
    owners: Ints


class Batch(NamedTuple):
    """Plain texts, one after the other, as code points between some of none (``codes``).

    ``bounds`` tells where each begins and the last ends, ``lengths`` how many characters each has,
    ``owners`` which text each character is of, and ``classes`` of what kind it is; ``counts``: how
    many words each text has.
    """

    spellings: Sequence[Spelling]
    codes: NDArray[np.uint64]
    bounds: Ints
    lengths: Ints
    owners: Ints
    classes: NDArray[np.uint8]
    counts: Ints
    runs: Runs

    @classmethod
    def of(cls, spellings: Sequence[Spelling]) -> Batch:
        """Put texts together."""
        plain = [spelling.plain for spelling in spellings]
        padded = "".join(("\0", *plain, "\0" * CHARACTERS))
        codes = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), np.uint32)
        lengths = np.array([len(text) for text in plain], np.int64)
        bounds = np.zeros(len(plain) + 1, np.int64)
        np.add.accumulate(lengths, out=bounds[1:])
        owners = np.arange(len(plain)).repeat(lengths)
        classes = _character_classes().take(codes[1:-CHARACTERS], mode="clip")
        counts = np.array([len(spelling.words) for spelling in spellings], np.int64)
        wide = codes.astype(np.uint64)
        runs = _runs(wide[1:], owners, classes)
        return cls(spellings, wide, bounds, lengths, owners, classes, counts, runs)


def _runs(codes: NDArray[np.uint64], owners: Ints, classes: NDArray[np.uint8]) -> Runs:
    """A run's hash sums each character's code times a number of its place in the run."""
    inside = classes >= _DIGIT
    edges = (inside[1:] != inside[:-1]).nonzero()[0] + 1
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return Runs(np.zeros((2, 0), np.int64), starts, ends, starts)
    lengths = ends - starts
    places = inside.nonzero()[0]
    weighed = codes.take(places) * _powers().take(places - starts.repeat(lengths))
    hashes = np.add.reduceat(weighed, np.add.accumulate(lengths) - lengths) * _MIX
    whose = owners.take(starts)
    words = np.empty((2, len(starts)), np.uint64)
    np.multiply(hashes, _WORD, out=words[0])
    np.add(hashes[:-1] * _MIX, hashes[1:], out=words[1, :-1])
    words[1] *= _PAIR
    words >>= _SHIFT
    buckets = words.view(np.int64)
    buckets[1, -1] = BUCKETS
    if whose[-1] > whose[0]:
        buckets[1, :-1][whose[1:] != whose[:-1]] = BUCKETS
    return Runs(buckets, starts, ends, whose)


def gaps(batch: Batch) -> tuple[Ints, Ints]:
    """Return the spaces before and after each word; of a word that was cut off, the last two
    places of its text.
    """
    before: list[int] = []
    after: list[int] = []
    bounds = batch.bounds.tolist()
    for spelling, first, end in zip(batch.spellings, bounds, bounds[1:], strict=False):
        lengths = [len(word.plain) + 1 for word in spelling.words]
        places = list(accumulate(lengths, initial=first))
        if places[-1] >= end:
            before += [min(place, end - 2) for place in places[:-1]]
            after += [min(place, end - 1) for place in places[1:]]
        else:
            before += places[:-1]
            after += places[1:]
    return np.array(before, np.int64), np.array(after, np.int64)


def character_grams(batch: Batch) -> Ints:
    """Return the bucket of each n-gram of characters, over the gaps of words too.

    A row holds those of one length, by where they begin, between two columns of no n-gram.
    """
    codes = batch.codes
    width = len(codes) - CHARACTERS + 1
    hashes = np.empty((CHARACTERS, width), np.uint64)
    np.multiply(codes[:width], _MIX, out=hashes[0])
    for more in range(1, CHARACTERS):
        np.add(hashes[more - 1], codes[more : more + width], out=hashes[more])
        hashes[more] *= _MIX
    hashes >>= _SHIFT
    buckets = hashes.view(np.int64)
    buckets[:, 0] = buckets[:, -1] = BUCKETS
    grown, back = _LATE
    late = batch.bounds[1:, None] + (grown * width + 1 - back)
    buckets.reshape(-1)[late] = BUCKETS
    return buckets


def grams(batch: Batch) -> tuple[Ints, Ints]:
    """Return the buckets of all n-grams, of characters, words and pairs, and which text each is of.

    The place of a letter in its word counts.
    """
    characters, runs = character_grams(batch)[:, 1:-1], batch.runs
    owners = (np.tile(batch.owners, len(characters)), np.tile(runs.owners, len(runs.buckets)))
    buckets = np.concatenate((characters.ravel(), runs.buckets.ravel()))
    known = buckets < BUCKETS
    return buckets[known], np.concatenate(owners)[known]


def styles(batch: Batch) -> Floats:
    """Return the counts of style, a row a text."""
    texts = len(batch.spellings)
    cells = batch.owners * _CLASSES + batch.classes
    counts = np.bincount(cells, minlength=texts * _CLASSES).reshape(texts, _CLASSES)
    rows = np.empty((texts, len(STYLES)))
    rows[:, 0] = _LOGARITHMS.take(batch.lengths)
    rows[:, 1] = _LOGARITHMS[: PLAIN + 1].take(batch.counts, mode="clip")
    rows[:, 2:10] = _LOGARITHMS.take(counts[:, _QUOTE + 1 : _LETTER])
    rows[:, 10] = counts[:, _COLON] > 0
    rows[:, 11] = ["..." in s.plain for s in batch.spellings]
    rows[:, 12] = counts[:, _QUOTE] > 0
    rows[:, 13] = [s.plain[1:2] == ACCOUNT for s in batch.spellings]
    rows[:, 14] = [s.plain.rstrip(f" {SHOUT}").endswith(LINK) for s in batch.spellings]
    return rows


def emoji(batch: Batch) -> tuple[Ints, Ints]:
    """Return all emoji, as code points, and which text each is of."""
    if _EMOJI not in batch.classes.tobytes():
        return _NONE, _NONE
    found = (batch.classes == _EMOJI).nonzero()[0]
    return batch.codes.take(found + 1).view(np.int64), batch.owners.take(found)


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
    return batch.runs.buckets[0], batch.runs.owners


def list_sums(found: tuple[Ints, Ints], languages: Ints, lists: NDArray[np.int8]) -> Floats:
    """Return what a text's listed words say: the logarithms of the good and of the bad, and which
    of both has more per word; a row a text.

    ``lists``: by language, then by bucket; above 0 is good.
    """
    buckets, owners = found
    said = lists[languages.take(owners), buckets]
    texts = len(languages)
    if not said.any():
        return np.zeros((texts, 3))
    rows = np.empty((texts, 3))
    rows[:, 0] = np.bincount(owners, np.maximum(said, 0), texts)
    rows[:, 1] = np.bincount(owners, np.maximum(-said, 0), texts)
    rows[:, 2] = rows[:, 0] - rows[:, 1]
    rows[:, 2] /= np.maximum(np.bincount(owners, minlength=texts), 1)
    rows[:, :2] = _LOGARITHMS[: PLAIN + 1].take(rows[:, :2].astype(np.int64), mode="clip")
    return rows


@cache
def _powers() -> _Hashes:
    powers = np.full(PLAIN + 2, _MIX)
    powers[0] = 1
    return np.cumprod(powers)


@cache
def _character_classes() -> NDArray[np.uint8]:
    """Return the class of each code point below 0x20000; the last stands for all others."""
    classes = np.full(KNOWN + 1, _LETTER, np.uint8)
    for code in range(KNOWN):
        classes[code] = _character_class(chr(code))
    return classes


def _character_class(character: str) -> int:
    if character in _COUNTED:
        return _QUOTE + 1 + _COUNTED.index(character)
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
