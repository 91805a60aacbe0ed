"""The ordinary posts of a day, none of which is news: most praise, some grumble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from demo.day import growth
from demo.day.lines import Draft, Line, post_line, snapshot_line
from demo.day.rhythm import intensity, scatter
from demo.day.stage import Stage, seen
from demo.day.texts import STOCKS, Stock
from demo.day.venues import VENUES, Venue
from schemas import Museum

_FEWEST, _MOST = 780, 950
_GRUMBLES = 0.07
_ELSEWHERE = 0.04
_OLD = 0.02
_PLACE_ONLY = 0.06
_UNKNOWN_AUTHOR = 0.3
_LATE = 0.03
_TWICE = 0.01

GRUMBLER_FOLLOWERS = 1_500
"""A negative post of an ordinary visitor has no reach: no more followers than this."""
GRUMBLE_ENGAGEMENT = 8
"""Nor more weighted engagement than this."""


def ordinary_lines(stage: Stage) -> Iterator[Line]:
    """Posts in the rhythm of the day with their snapshots; a few lines are late or repeated."""
    rng = stage.chance("ordinary")
    levels = [
        intensity(rng, stage.day, ZoneInfo(stage.museums[venue.museum_id].timezone), venue.rate)
        for venue in VENUES
    ]
    count = rng.randint(_FEWEST, _MOST)
    for index, at in scatter(rng, stage.day, levels, count):
        for line in _tell(stage, rng, VENUES[index], at):
            if line.at < stage.end:
                yield line
                if rng.random() < _TWICE:
                    yield line


def _tell(stage: Stage, rng: Random, venue: Venue, at: datetime) -> Iterator[Line]:
    language = rng.choices(tuple(venue.languages), tuple(venue.languages.values()))[0]
    stock = STOCKS[language]
    kind = rng.random()
    if kind < _ELSEWHERE:
        draft = _draft(stage, rng, rng.choice(stock.elsewhere), language, at, tracked=False)
        yield post_line(draft, seen(draft))
        return
    museum = stage.museums[venue.museum_id]
    if kind < _ELSEWHERE + _GRUMBLES:
        text = _say(rng, rng.choice(stock.grumbles), stock, venue)
        draft = _draft(stage, rng, _tagged(rng, text, museum), language, at, quiet=True)
        final = rng.uniform(0, GRUMBLE_ENGAGEMENT)
    else:
        text = _say(rng, rng.choice(stock.praise), stock, venue) + rng.choice(stock.endings)
        draft = _praise(stage, rng, text, museum, language, at)
        final = growth.usual_final(rng, draft.followers)
    yield post_line(draft, max(seen(draft), at))
    yield from _snapshots(stage, rng, draft, final, at)


def _praise(
    stage: Stage, rng: Random, text: str, museum: Museum, language: str, at: datetime
) -> Draft:
    if rng.random() < _PLACE_ONLY:
        geo = stage.place(museum.museum_id)
        return _draft(stage, rng, text, language, at, platform="flickr", geo=geo)
    written = at - timedelta(days=rng.uniform(2, 5)) if rng.random() < _OLD else at
    return _draft(stage, rng, _tagged(rng, text, museum), language, written)


def _draft(
    stage: Stage,
    rng: Random,
    text: str,
    language: str,
    at: datetime,
    *,
    platform: str | None = None,
    quiet: bool = False,
    tracked: bool = True,
    geo: dict[str, object] | None = None,
) -> Draft:
    platform = platform or rng.choice(growth.PLATFORMS)
    audience: int | None = growth.followers(rng)
    if quiet:
        audience = growth.followers(rng, GRUMBLER_FOLLOWERS)
    elif platform == "instagram" and rng.random() < _UNKNOWN_AUTHOR:
        audience = None
    return stage.write(
        text, language, at, followers=audience, platform=platform, tracked=tracked, geo=geo
    )


def _snapshots(
    stage: Stage, rng: Random, draft: Draft, final: float, first_seen: datetime
) -> Iterator[Line]:
    # An old post is looked at on the same schedule, counted from when we found it.
    age = (first_seen - draft.created_at).total_seconds() / 3600
    for at, hours in growth.looks(rng, first_seen.replace(microsecond=0), stage.end):
        found = growth.counters(draft.platform, final * growth.share_by(hours + age))
        late = timedelta(minutes=rng.uniform(3, 40)) if rng.random() < _LATE else timedelta(0)
        yield snapshot_line(draft, at, found, late_at=at + late)


def _say(rng: Random, sentence: str, stock: Stock, venue: Venue) -> str:
    said = sentence.format(
        at=venue.at[stock.language],
        work=rng.choice(venue.works[stock.language]),
        who=rng.choice(stock.companions),
    )
    return (said[0].upper() + said[1:]).replace("..", ".")


def _tagged(rng: Random, text: str, museum: Museum) -> str:
    strong = rng.choice([tag.raw for tag in museum.hashtags if not tag.weak])
    weak = [tag.raw for tag in museum.hashtags if tag.weak]
    extra = f" #{rng.choice(weak)}" if weak and rng.random() < 0.3 else ""
    return f"{text} #{strong}{extra}"
