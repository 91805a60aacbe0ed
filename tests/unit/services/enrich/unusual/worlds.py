"""What the tests of a museum's state share: events of posts and ticks, and how to play them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.enrich.unusual.bins import BIN_SECONDS
from services.enrich.unusual.calendar import Calendar
from services.enrich.unusual.layout import read, write
from services.enrich.unusual.museum import Watch
from services.enrich.unusual.outlook import Alarm

START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""
BIN = timedelta(seconds=BIN_SECONDS)
CALENDAR = Calendar(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Posted:
    """A post; ``seen`` is when its event comes."""

    post_id: str
    at: datetime
    negative: bool | None = False
    weight: float = 1.0
    seen: datetime | None = None

    @property
    def comes(self) -> datetime:
        return self.seen or self.at


@dataclass(frozen=True)
class Removed:
    post_id: str
    comes: datetime


@dataclass(frozen=True)
class Ticked:
    comes: datetime


Event = Posted | Removed | Ticked


def apply(watch: Watch, event: Event) -> tuple[Alarm, ...]:
    """Let a museum's state take one event."""
    match event:
        case Posted():
            watch.put(event.post_id, event.at, negative=event.negative, weight=event.weight)
        case Removed():
            watch.remove(event.post_id)
        case Ticked():
            return watch.tick(event.comes, CALENDAR)
    return ()


def play(
    events: Iterable[Event], *, watch: Watch | None = None, restart_every: int = 0
) -> tuple[Watch, list[Alarm]]:
    """Play events in order; ``restart_every`` so many the state goes through its bytes."""
    watch = watch or Watch()
    alarms: list[Alarm] = []
    for number, event in enumerate(events, 1):
        if restart_every and number % restart_every == 0:
            watch = read(write(watch))
        alarms += apply(watch, event)
    return watch, alarms


def ticks(days: float, start: datetime = START) -> list[Ticked]:
    """Return a tick every five minutes."""
    return [Ticked(start + number * BIN) for number in range(int(days * 288) + 1)]


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events as they come; a tick comes after what it covers."""
    return sorted(events, key=lambda event: (event.comes, isinstance(event, Ticked)))


def posts(
    chance: random.Random, days: float, per_hour: float, *, name: str = "p", start: datetime = START
) -> list[Posted]:
    """Return posts that come evenly by chance, one in eight of them negative."""
    found: list[Posted] = []
    at = 0.0
    while True:
        at += chance.expovariate(per_hour)
        if at >= 24 * days:
            return found
        found.append(
            Posted(
                f"{name}{len(found)}", start + timedelta(hours=at), negative=chance.random() < 1 / 8
            )
        )


def sentences(alarms: Sequence[Alarm]) -> list[str]:
    """Return what the alarms say."""
    return [alarm.sentence for alarm in alarms]
