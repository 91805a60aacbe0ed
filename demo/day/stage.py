"""Where a day is told: its date, its museums, its chance, and what stories are written with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from demo.day.growth import counters
from demo.day.lines import Draft, Line, snapshot_line
from demo.day.truth import Expected, Forbidden, Struck
from schemas import Circle, MultiPolygon, Museum


@dataclass(frozen=True)
class Story:
    """Something that happens in a day, line by line, and what must come of it."""

    lines: tuple[Line, ...]
    expected: tuple[Expected, ...] = ()
    struck: tuple[Struck, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()


@dataclass
class Stage:
    """A day to tell stories in: the same seed, date and museums tell the same day."""

    seed: int
    day: date
    museums: Mapping[str, Museum]
    _posts: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.start = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
        self.end = self.start + timedelta(days=1)
        self.rng = self.chance("stories")

    def chance(self, name: str) -> Random:
        """Chance of its own for one part of the day, so that a change there moves nothing else."""
        return Random(f"{self.seed}/{self.day}/{name}")

    def clock(self, museum_id: str, at: str) -> datetime:
        """A museum's local time ("14:30") within this UTC day, give or take a few minutes."""
        zone = ZoneInfo(self.museums[museum_id].timezone)
        hour, minute = at.split(":")
        local = datetime.combine(self.day, time(int(hour), int(minute)), zone)
        instant = local.astimezone(UTC) + timedelta(seconds=self.rng.randrange(-300, 300))
        if not self.start <= instant < self.end:
            raise ValueError(f"{at} at {museum_id} is not within the UTC day {self.day}")
        return instant

    def about(self, number: int) -> int:
        """Nearly that number: up to a tenth more or less."""
        return round(number * self.rng.uniform(0.9, 1.1))

    def place(self, museum_id: str) -> dict[str, Any]:
        """A point inside a museum's geofence, as a platform tells it."""
        fence = self.museums[museum_id].geofence
        if isinstance(fence, Circle):
            lon, lat = fence.lon, fence.lat
        elif fence is None or isinstance(fence, MultiPolygon):
            raise ValueError(f"{museum_id} has no single place")
        else:
            corners = fence.coordinates[0][:-1]
            lon = sum(corner[0] for corner in corners) / len(corners)
            lat = sum(corner[1] for corner in corners) / len(corners)
        return {"precision": "point", "lon": round(lon, 5), "lat": round(lat, 5)}

    def write(
        self,
        text: str,
        language: str,
        created_at: datetime,
        *,
        followers: int | None,
        platform: str = "mastodon",
        tracked: bool = True,
        geo: Mapping[str, Any] | None = None,
        reply_to: str | None = None,
    ) -> Draft:
        """A post by an account of its own; unknown followers mean an unknown author."""
        self._posts += 1
        number = self._posts
        handle = f"visitor-{number:04d}"
        author = None if followers is None else {"handle": handle, "followers": followers}
        return Draft(
            native_id=f"{self.day:%Y%m%d}-{self.seed}-{number:04d}",
            platform=platform,
            author=author,
            text=text,
            language=language,
            created_at=created_at.replace(microsecond=0),
            tracked=tracked,
            geo=geo,
            reply_to=reply_to,
        )

    def looks(
        self, draft: Draft, grown: Iterable[tuple[float, int]], *, gone: bool = False
    ) -> tuple[Line, ...]:
        """Snapshots of a post: (age in hours, about that weighted engagement), in the day only.

        ``gone``: the post was removed before.
        """
        lines = (
            snapshot_line(
                draft,
                draft.created_at + timedelta(seconds=round(hours * 3600)),
                counters(draft.platform, self.about(weighted)),
                gone=gone,
            )
            for hours, weighted in grown
        )
        return tuple(line for line in lines if line.at < self.end)


def seen(draft: Draft) -> datetime:
    """When we first see a post: a moment after it was written."""
    return draft.created_at + timedelta(seconds=20)


def together(*stories: Story) -> Story:
    """Several stories told as one."""
    return Story(
        lines=tuple(line for story in stories for line in story.lines),
        expected=tuple(fact for story in stories for fact in story.expected),
        struck=tuple(fact for story in stories for fact in story.struck),
        forbidden=tuple(fact for story in stories for fact in story.forbidden),
    )
