"""What happened, as the events that enrich reads: out of a file, or out of the system's topics."""

from __future__ import annotations

import asyncio
import operator
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.matched import matched
from schemas import EngagementSnapshot, Post, Removal, Transport
from schemas.codec import encode
from schemas.topics import ENGAGEMENT, MUSEUMS, POSTS_RAW
from services.common.errors import Poison
from services.common.follower import present
from services.common.history import history
from services.common.records import Received
from services.common.settings import ServiceSettings
from services.enrich.backtest import Event
from services.enrich.events import read_post_event
from services.enrich.register import Register
from services.ingest.cleaning import check_removal, check_snapshot, check_time
from services.ingest.connectors.replay.facts import Reading
from services.ingest.connectors.replay.lines import File
from services.ingest.connectors.replay.mapping import read_map
from services.ingest.connectors.replay.reader import Reader
from services.ingest.matching import Matcher
from services.ingest.observations import AccountRemoval, Fact, Unreadable
from services.ingest.register_file import read_register

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nobody posted before: such a time is a field that was empty, or a date read wrongly."""


def file_events(
    path: Path, mapping: Path | None, museums: Path, register: Register, refused: Counter[str]
) -> Iterator[Event]:
    """Yield what a file tells of the museums of a register, cleaned and matched as ingest does.

    What ingest would refuse is counted by its reason.
    """
    known = read_register(museums)
    for museum in known:
        record = Received(MUSEUMS.name, 0, 0, museum.museum_id.encode(), encode(museum), {}, 0)
        register.apply(record)
    matcher = Matcher(known)
    now = datetime.now(UTC)
    lines = Reader(File(path), None if mapping is None else read_map(mapping))
    tracked: set[str] = set()
    for entry in lines.entries(Reading(Transport.STREAM)):
        for observation in entry.observations:
            try:
                event = _ingested(observation.fact, matcher, tracked, now)
            except Poison as error:
                refused[error.reason] += 1
                continue
            if event is not None:
                yield event


def _ingested(fact: Fact, matcher: Matcher, tracked: set[str], now: datetime) -> Event | None:
    if isinstance(fact, Post | EngagementSnapshot | Removal):
        _check_time(fact, now)
    match fact:
        case Unreadable(reason, message):
            raise Poison(reason, message)
        case Post():
            post = matched(fact, matcher, now)
            if not post.matches and post.post_id not in tracked:
                return None
            tracked.add(post.post_id)
            return post
        case EngagementSnapshot():
            check_snapshot(fact, now)
            return fact if fact.post_id in tracked else None
        case Removal():
            check_removal(fact)
            return fact if fact.post_id in tracked else None
        case AccountRemoval():
            raise Poison("account_removal", "give a removal of each post of the account")
        case _:
            return None


def _check_time(event: Event, now: datetime) -> None:
    """Raise ``Poison`` for what would lead the clock of a backtest astray."""
    if event.observed_at < _EARLIEST:
        raise Poison("before_2000", "observed_at is before the year 2000")
    check_time("observed_at", event.observed_at, now)


def topic_events(since: str | None, register: Register, refused: Counter[str]) -> list[Event]:
    """Return what the system's own topics still hold since an instant, in the order of time."""
    begin = _instant(since)
    kafka = ServiceSettings().kafka
    for museum_id, value in asyncio.run(present(kafka, MUSEUMS, "passaparola-backtest")).items():
        register.apply(Received(MUSEUMS.name, 0, 0, museum_id.encode(), value, {}, 0))
    now = datetime.now(UTC)
    events: list[Event] = []
    for record in asyncio.run(history(kafka, (POSTS_RAW, ENGAGEMENT), begin)):
        try:
            event = read_post_event(record)
            if isinstance(event, (Post, EngagementSnapshot, Removal)):
                _check_time(event, now)
                events.append(event)
        except Poison as error:
            refused[error.reason] += 1
    return sorted(events, key=operator.attrgetter("observed_at"))


def _instant(since: str | None) -> datetime:
    if since is None:
        return datetime.fromtimestamp(0, UTC)
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        raise typer.BadParameter(
            "a day or an instant, such as 2026-11-01 or 2026-11-01T09:00Z", param_hint="--since"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
