"""Real snapshots played through the forecast in the order of their times, day after day.

What is known on a day is learned from posts that were finished before it: nothing looks ahead.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from schemas import EngagementSnapshot
from services.common.errors import Fatal
from services.enrich.viral import Finished, Learned, Motion, Outlook, finished, fold, sum_finished

PLATFORM = "hackernews"
_COLUMNS = ["observed_at_unix", "post_id", "points", "comments"]
_DAY = timedelta(days=1)


class Sight(NamedTuple):
    """One line of the file: the counters of a post at an instant."""

    at: datetime
    post_id: str
    points: int
    comments: int


@dataclass(frozen=True)
class Call:
    """A post called viral: when, with which counters, and what was expected of it."""

    at: datetime
    weighted: float


@dataclass
class Replay:
    """What came of it. ``judged``: the posts that were first seen once enough was learned.

    ``probabilities``: of each judged post by whole hours since it was first seen.
    """

    judged: set[str] = field(default_factory=set)
    calls: dict[str, Call] = field(default_factory=dict)
    probabilities: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))


def read_sights(path: Path) -> list[Sight]:
    """Read a file of snapshots, plain or gzipped, in the order of time.

    Raises ``Fatal`` for a file that is not there or of another shape.
    """
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            lines = csv.reader(file)
            if next(lines, None) != _COLUMNS:
                raise Fatal(f"{path}: its first line should be {','.join(_COLUMNS)}")
            sights = [
                Sight(datetime.fromtimestamp(int(at), UTC), post_id, int(points), int(comments))
                for at, post_id, points, comments in lines
            ]
    except (OSError, ValueError) as error:
        raise Fatal(f"{path} cannot be read as snapshots: {error}") from error
    return sorted(sights)


def thin(sights: Sequence[Sight], kept: float, seed: int) -> list[Sight]:
    """Lose snapshots by chance."""
    chance = random.Random(seed)
    return [sight for sight in sights if chance.random() < kept]


def final_engagement(sights: Iterable[Sight], weigh: Callable[[Sight], float]) -> dict[str, float]:
    """Return the highest engagement of each post in the whole file: what is to be forecast."""
    finals: dict[str, float] = {}
    for sight in sights:
        finals[sight.post_id] = max(weigh(sight), finals.get(sight.post_id, 0.0))
    return finals


def replay(
    sights: Iterable[Sight], learned: Learned, *, comments: bool, frozen: bool = False
) -> Replay:
    """Fold every snapshot. ``frozen``: what was first learned stays, nothing is learned after.

    Nobody says when a post was made: its age counts from when it was first seen.
    """
    outcome = Replay()
    school = _School(learned, frozen)
    motions: dict[str, Motion] = {}
    for sight in sights:
        school.end_days(motions, sight.at.date())
        motion = motions.get(sight.post_id)
        if motion is None and school.outlook(PLATFORM, sight.at.date()).source == "learned":
            outcome.judged.add(sight.post_id)
        moved, seen = fold(motion, _snapshot(sight, comments), None, school.outlook, sight.at)
        if moved is None or seen is None:
            continue
        motions[sight.post_id] = moved
        if motion is None:
            school.expect(sight.post_id, moved)
        standing = moved.standing
        if standing.calls and (motion is None or not motion.standing.calls):
            outcome.calls[sight.post_id] = Call(sight.at, moved.weighted)
        hour = int(moved.age_hours)
        if sight.post_id in outcome.judged and hour < 48:
            outcome.probabilities[hour].setdefault(sight.post_id, seen.probability)
    return outcome


class _School:
    """Learns from the posts of a day when the day has ended, and knows what was learned."""

    def __init__(self, learned: Learned, frozen: bool) -> None:
        self._learned = learned
        self._frozen = frozen
        self._first: Outlook | None = None
        self._today: date | None = None
        self._due: dict[date, list[str]] = defaultdict(list)

    def outlook(self, platform: str, day: date) -> Outlook:
        """What is taught on a day."""
        if self._first is not None:
            return self._first
        outlook = self._learned.outlook(platform, day)
        if self._frozen and outlook.source == "learned":
            self._first = outlook
        return outlook

    def expect(self, post_id: str, motion: Motion) -> None:
        """Remember on which day a post will be finished."""
        found = finished(motion, PLATFORM)
        if found is not None:
            self._due[found.day].append(post_id)

    def end_days(self, motions: Mapping[str, Motion], today: date) -> None:
        """Sum up the days that ended before today."""
        if self._today == today:
            return
        for day in sorted(day for day in self._due if day < today):
            posts = (finished(motions[post_id], PLATFORM) for post_id in self._due.pop(day))
            known: list[Finished] = [post for post in posts if post is not None]
            for sums in sum_finished(known, day, 0, self._learned.outlook):
                self._learned.put(sums.key, sums)
        self._today = today


def _snapshot(sight: Sight, comments: bool) -> EngagementSnapshot:
    return EngagementSnapshot(
        post_id=f"{PLATFORM}:{sight.post_id}",
        platform=PLATFORM,
        observed_at=sight.at,
        method="replay",
        likes=sight.points,
        replies=sight.comments if comments else None,
    )
