"""Files of posts to replay: as visitors write them, each with one look at its counters, and at
even distances posts that must alert.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from demo.day.texts import STOCKS
from demo.day.venues import VENUES, Venue
from schemas import format_utc
from services.ingest.register_file import read_register

REGISTER = Path(__file__).resolve().parents[1] / "museums.yaml"
_PLATFORM = "mastodon"
_MANY = 40_000
"""Followers of who complains: enough for the rule of negative posts."""
_FEW = 5_000
"""Followers of all others are fewer."""
_COMPLAINTS = (
    ("en", "Two hours in the queue, a terrible, awful, disgraceful mess."),
    ("en", "Rude staff, broken toilets, awful air: a horrible and disgraceful visit."),
    ("it", "Due ore di coda, un disastro terribile e vergognoso, pessima organizzazione."),
)


@dataclass(frozen=True)
class Load:
    """What to write: ``rate`` posts a second of the file's own time, from ``start`` on."""

    name: str
    start: datetime
    posts: int
    rate: float
    alert_every: int
    seed: int = 1
    venues: tuple[Venue, ...] = VENUES

    @property
    def seconds(self) -> float:
        """How long it takes by its own time."""
        return self.posts / self.rate

    @property
    def end(self) -> datetime:
        """When the last post comes."""
        return self.start + timedelta(seconds=self.seconds)

    def alerting_after(self, seconds: float = 0.0) -> list[str]:
        """Return the ids of the posts that must alert, but for those of the first seconds."""
        first = round(seconds * self.rate)
        return [self.post_id(n) for n in range(first, self.posts) if self.alerts(n)]

    def alerts(self, number: int) -> bool:
        """Whether a post, counted from 0, must alert."""
        return number % self.alert_every == self.alert_every // 2

    def post_id(self, number: int) -> str:
        """Name a post, counted from 0."""
        return f"{_PLATFORM}:{self.name}-{number}"


def write_load(load: Load, folder: Path) -> Path:
    """Write the file that ``passaparola replay`` reads, and return where it is."""
    path = folder / f"{load.name}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for event in events(load):
            file.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
    return path


def events(load: Load) -> Iterator[Mapping[str, Any]]:
    """Yield each post, and half an interval later a look at its counters."""
    chance = Random(load.seed)
    tags = {
        museum.museum_id: [tag.raw for tag in museum.hashtags if not tag.weak]
        for museum in read_register(REGISTER)
    }
    interval = timedelta(seconds=1 / load.rate)
    for number in range(load.posts):
        at = load.start + interval * number
        venue = chance.choice(load.venues)
        if load.alerts(number):
            language, text = chance.choice(_COMPLAINTS)
            followers = _MANY
        else:
            language, text = _praise(venue, chance)
            followers = chance.randrange(_FEW)
        yield {
            "post_id": load.post_id(number),
            "version": int(at.timestamp() * 1_000_000),
            "url": f"https://{_PLATFORM}.example/{load.name}-{number}",
            "author": {"handle": f"visitor-{number}", "followers": followers},
            "text": f"{text} #{chance.choice(tags[venue.museum_id])}",
            "lang": language,
            "created_at": format_utc(at),
            "observed_at": format_utc(at),
        }
        yield {
            "type": "engagement",
            "post_id": load.post_id(number),
            "observed_at": format_utc(at + interval / 2),
            "likes": chance.randrange(6),
            "reposts": chance.randrange(2),
            "replies": chance.randrange(2),
        }


def _praise(venue: Venue, chance: Random) -> tuple[str, str]:
    language = chance.choices(tuple(venue.languages), tuple(venue.languages.values()))[0]
    stock = STOCKS[language]
    text = chance.choice(stock.praise).format(
        at=venue.at[language],
        work=chance.choice(venue.works[language]),
        who=chance.choice(stock.companions),
    )
    return language, text
