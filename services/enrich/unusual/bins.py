"""A museum's posts in bins of five minutes of event time, each by its id, so that a repeat changes
nothing. Once a bin has left the lateness horizon, its count stands for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

BIN_SECONDS = 300
HOUR_BINS = 3600 // BIN_SECONDS
DAY_BINS = 24 * HOUR_BINS
LATENESS_BINS = 2 * HOUR_BINS
"""A post so late still counts in its own bin, and what was learned from it is learned again."""
WINDOW_BINS = 6 * HOUR_BINS
"""The window of the negative share."""
FULL_WEIGHT = 15
"""Weights are in fifteenths, so that sums are exact in any order."""
_FARTHEST_AHEAD = 8 * DAY_BINS
"""A source may be read days before another: so long a topic keeps what was not read."""
_BIN = timedelta(seconds=BIN_SECONDS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bin_of(at: datetime) -> int:
    """Return the number of the bin in which an instant lies."""
    return (at - _EPOCH) // _BIN


def start_of(number: int) -> datetime:
    """Return when a bin begins; it ends where the next begins."""
    return _EPOCH + number * _BIN


def key_of(post_id: str) -> int:
    """Return 64 bits that stand for a post: its id is longer."""
    return int.from_bytes(blake2b(post_id.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class Said:
    """One post: its bin, its weight in fifteenths (0 without a sentiment), what it says."""

    number: int
    weight: int
    negative: bool


@dataclass(slots=True)
class Bins:
    """Posts by key, and their sums by bin from ``first`` on, once time has begun.

    Up to ``frozen`` counts no longer change; ``tail`` are the last of them. What posts say is
    corrected for as long as the window holds them.
    """

    first: int = 0
    frozen: int | None = None
    tail: list[int] = field(default_factory=lambda: [0] * HOUR_BINS)
    posts: dict[int, Said] = field(default_factory=dict)
    _counts: list[int] = field(default_factory=list, repr=False)
    _judged: list[int] = field(default_factory=list, repr=False)
    _negative: list[int] = field(default_factory=list, repr=False)
    _keys: dict[int, list[int]] = field(default_factory=dict, repr=False)
    """By bin, to forget a bin's posts without looking at all; some may have moved or gone."""

    @classmethod
    def restored(cls, first: int, frozen: int, tail: list[int], posts: dict[int, Said]) -> Bins:
        """Return bins as they were, their sums counted again from the posts."""
        bins = cls(first, frozen, tail, posts)
        for key, said in posts.items():
            bins._add(said, 1)
            bins._keys.setdefault(said.number, []).append(key)
        return bins

    def begin(self, frozen: int) -> None:
        """Begin the bins, anew if need be, after ``frozen``, with the posts known so far."""
        posts, self.posts = self.posts, {}
        self.first, self.frozen = frozen + 1 - WINDOW_BINS, frozen
        self.tail = [0] * HOUR_BINS
        self._counts, self._judged, self._negative, self._keys = [], [], [], {}
        for key, said in posts.items():
            self.put(key, said)

    def put(self, key: int, said: Said) -> int | None:
        """Count a post, or correct it; return the first bin that changed, if any.

        A post stays in its bin, or moves to an earlier one if it turns out to be older. One that
        lies farther ahead than we can lag behind comes from a broken clock and is left out.
        """
        known = self.posts.get(key)
        if known is not None and known.number < said.number:
            said = Said(known.number, said.weight, said.negative)
        if self.frozen is None:
            self.posts[key] = said
            return None
        if known == said or not self.first <= said.number <= self.frozen + _FARTHEST_AHEAD:
            return None
        if known is not None:
            self._add(known, -1)
        self.posts[key] = said
        self._add(said, 1)
        if known is None or known.number != said.number:
            self._keys.setdefault(said.number, []).append(key)
        return said.number

    def remove(self, key: int) -> int | None:
        """Take a post out; return the bin that changed, if any."""
        known = self.posts.pop(key, None)
        if known is None or self.frozen is None:
            return None
        self._add(known, -1)
        return known.number

    def _add(self, said: Said, sign: int) -> None:
        self._reach(said.number)
        place = said.number - self.first
        self._counts[place] += sign
        self._judged[place] += sign * said.weight
        if said.negative:
            self._negative[place] += sign * said.weight

    def _reach(self, number: int) -> None:
        missing = number - self.first + 1 - len(self._counts)
        if missing > 0:
            for sums in (self._counts, self._judged, self._negative):
                sums.extend([0] * missing)

    def freeze(self, number: int) -> None:
        """Let the next bin's count stand for good, and forget what no window needs any more."""
        self._reach(number)
        self.tail.append(self._counts[number - self.first])
        del self.tail[0]
        self.frozen = number
        for key in self._keys.pop(self.first, ()):
            said = self.posts.get(key)
            if said is not None and said.number == self.first:
                del self.posts[key]
        for sums in (self._counts, self._judged, self._negative):
            del sums[0]
        self.first += 1

    def posted(self, last: int, bins: int) -> int:
        """Return how many posts lie in the bins up to ``last``, at most an hour's."""
        assert self.frozen is not None
        end = last - self.first + 1
        frozen = self.frozen - (last - bins)
        if frozen <= 0:
            return sum(self._counts[end - bins : end])
        live = self._counts[self.frozen - self.first + 1 : end]
        return sum(self.tail[HOUR_BINS - frozen :][:bins]) + sum(live)

    def opinions(self, last: int, bins: int = WINDOW_BINS) -> tuple[int, int]:
        """Return how many posts with a sentiment lie there, and how many of them are negative.

        In fifteenths of posts.
        """
        end = last - self.first + 1
        begin = max(0, end - bins)
        return sum(self._judged[begin:end]), sum(self._negative[begin:end])

    def leaving(self, last: int) -> tuple[int, int]:
        """Return the judged and negative ones of the bin that leaves the window after ``last``."""
        place = last + 1 - WINDOW_BINS - self.first
        if not 0 <= place < len(self._counts):
            return 0, 0
        return self._judged[place], self._negative[place]
