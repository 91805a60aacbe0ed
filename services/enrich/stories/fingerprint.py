"""The fingerprint of a text: 64 bytes by which near copies are found, and no text can be read.

MinHash over short runs of characters, so that it needs no words and works in every script. A text
that is too short has none: fifty visitors who write "Bellissimo!" do not copy each other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

SLOTS: Final = 32
BANDS: Final = 8
ALIKE: Final = 0.7
"""Share of equal slots, an estimate of the Jaccard similarity, from which two texts are copies."""
_SEED: Final = 20_260_101
_RUN: Final = 4
_SHORTEST: Final = 30
"""Columns of text, without links and mentions; East Asian characters take two."""

# Other signatures are not comparable: a release of the library that changes them must not pass.
SCHEME: Final = f"rminhash{RMinHash.ALGORITHM_VERSION}/{SLOTS}x16"

_NOISE = re.compile(r"https?://\S+|www\.\S+|[@＠][\w.@-]+")
_GAPS = re.compile(r"[\W_]+")

Slots = NDArray[np.uint16]


def fingerprint(text: str) -> bytes | None:
    """Return the fingerprint of a text, or ``None`` where it is too short to tell copies apart.

    Case, accents' encoding, punctuation, emoji, links and mentions make no difference: that is what
    copiers change.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = _GAPS.sub(" ", _NOISE.sub(" ", folded)).strip()
    if len(plain) < _SHORTEST and _columns(plain) < _SHORTEST:
        return None
    minhash = RMinHash(num_perm=SLOTS, seed=_SEED)
    minhash.update([plain[n : n + _RUN] for n in range(len(plain) - _RUN + 1)])
    return np.array(minhash.digest(), dtype=np.uint32).astype("<u2").tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """Estimate how alike two texts are: 0 for nothing in common, 1 for the same."""
    return int(np.count_nonzero(_slots(one) == _slots(other))) / SLOTS


def bands(print_: bytes) -> list[int]:
    """Cut a fingerprint into bands: copies have at least one in common, almost surely.

    Each is a number, its place in front: many are held, and a number takes a third of a tuple.
    """
    width = len(print_) // BANDS
    return [int.from_bytes(print_[n * width : (n + 1) * width]) * BANDS + n for n in range(BANDS)]


def _slots(print_: bytes) -> Slots:
    return np.frombuffer(print_, dtype="<u2")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
