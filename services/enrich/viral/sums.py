"""Sums of the posts that were finished on one day, as one partition saw them.

They are whole numbers throughout, so that they merge in any order, over any workers, to the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from schemas import BucketSums, ForecastSums
from schemas.norms import BIN_MILLI, BINS

from .forecast import Outlook, predict
from .motion import FINISHED_HOURS, MILLI, Looks, Motion


@dataclass(frozen=True, slots=True)
class Finished:
    """A post that was finished on a day: its first looks and its final engagement."""

    platform: str
    day: date
    looks: Looks
    final: int


def finished(motion: Motion, platform: str) -> Finished | None:
    """Return what a post teaches on the day on which it is finished; unseen before, nothing."""
    if not motion.looks:
        return None
    day = (motion.born_at + timedelta(hours=FINISHED_HOURS)).date()
    return Finished(platform, day, motion.looks, motion.final)


def sum_finished(
    posts: Iterable[Finished], day: date, partition: int, outlook: Callable[[str, date], Outlook]
) -> list[ForecastSums]:
    """Sum the posts that were finished on a day. Errors are those of the outlook of that day.

    Errors of the prior are left out: it was measured elsewhere, and they say nothing of what is
    learned here.
    """
    platforms: dict[str, list[Finished]] = defaultdict(list)
    for post in posts:
        if post.day == day:
            platforms[post.platform].append(post)
    return [
        ForecastSums(
            platform=platform,
            day=day,
            partition=partition,
            posts=len(group),
            finals=_counted(_bin(post.final) for post in group),
            buckets=_sum_buckets(group, outlook(platform, day)),
        )
        for platform, group in sorted(platforms.items())
    ]


def _sum_buckets(posts: Iterable[Finished], outlook: Outlook) -> tuple[BucketSums, ...]:
    looks: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for post in posts:
        for bucket, x, v in post.looks:
            looks[bucket].append((x, v, post.final))
    return tuple(
        BucketSums(
            bucket=bucket,
            gram=_gram(found),
            seen=_counted(_bin(x) for x, _, _ in found),
            errors=_errors(found, bucket, outlook) if outlook.source == "learned" else (),
        )
        for bucket, found in sorted(looks.items())
    )


def _gram(looks: Iterable[tuple[int, int, int]]) -> tuple[int, ...]:
    terms = ((1, x, v, y, x * x, x * v, v * v, x * y, v * y, y * y) for x, v, y in looks)
    return tuple(sum(column) for column in zip(*terms, strict=True))


def _errors(
    looks: Iterable[tuple[int, int, int]], bucket: int, outlook: Outlook
) -> tuple[tuple[int, int, int], ...]:
    posts: Counter[int] = Counter()
    squares: Counter[int] = Counter()
    for x, v, y in looks:
        predicted = round(MILLI * predict(outlook.rows[bucket], x / MILLI, v / MILLI))
        posts[_bin(predicted)] += 1
        squares[_bin(predicted)] += (y - predicted) ** 2
    return tuple((place, count, squares[place]) for place, count in sorted(posts.items()))


def _bin(milli: int) -> int:
    return min(milli // BIN_MILLI, BINS - 1)


def _counted(bins: Iterable[int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(Counter(bins).items()))
