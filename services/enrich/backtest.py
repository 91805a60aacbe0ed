"""What would have been said, and when: posts and looks through the service's own functions.

Time is that of the events; it ticks as a live system would, but for a silence of more than a year:
behind that everything begins anew. Pure: no Kafka, no wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from schemas import EngagementSnapshot, Post, Removal
from schemas.topics import NORMS
from services.common.records import Received

from .counting import EVERY, last_boundary
from .museum_state import MuseumState
from .post_row import PostRow, fold_departure, fold_post, fold_removal, fold_snapshot
from .register import Register
from .score import enriched_posts, left_museums
from .understanding import Item, Reader, Understanding, item_of
from .usual import Usual
from .voice import voice

Event = Post | EngagementSnapshot | Removal
_SOURCE = "/backtest"
_READ_AHEAD = 256
_RUN_OUT = 2 * EVERY
_LONGEST_SILENCE = timedelta(days=365)
"""What lies behind a longer one is usual no longer, and may be but a wrong date."""
_TEACHES = timedelta(days=3)
"""So long after its last change a row teaches nothing of the day that ends: a look is a change, and
a post is finished two days after it was born."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm: when it would have been raised, about which museum and post, and why."""

    at: datetime
    museum_id: str
    kind: str
    explanation: str
    post_id: str | None = None


class Backtest:
    """A whole enrich in one object, which takes events in their order."""

    def __init__(self, reader: Reader, register: Register) -> None:
        self._reader = reader
        self._register = register
        self._understood: dict[Item, Understanding] = {}
        self.posts = self.looks = 0
        self.heard: list[tuple[datetime, datetime]] = []
        """First and last instants of what was heard; between two of them there is a silence."""
        self._forget()

    def _forget(self) -> None:
        self._usual = Usual()
        self._rows: dict[str, PostRow] = {}
        self._museums: dict[str, MuseumState] = {}
        self._calls: dict[tuple[str, str], int] = {}
        self._ticked: datetime | None = None

    def run(self, events: Iterable[Event]) -> Iterator[Raised]:
        """Yield alarms in the order of time. Events come in the order in which they were seen."""
        ahead = iter(events)
        while batch := list(islice(ahead, _READ_AHEAD)):
            self._understand(batch)
            for event in batch:
                yield from self._hear(event.observed_at)
                yield from self._until(event.observed_at)
                yield from self._take(event)
        yield from self._run_out()

    def _hear(self, now: datetime) -> Iterator[Raised]:
        if self.heard and now - self.heard[-1][1] <= _LONGEST_SILENCE:
            first, last = self.heard[-1]
            self.heard[-1] = min(first, now), max(last, now)
            return
        yield from self._run_out()
        self._forget()
        self.heard.append((now, now))

    def _run_out(self) -> Iterator[Raised]:
        if self.heard:
            yield from self._until(self.heard[-1][1] + _RUN_OUT)

    def _understand(self, batch: Sequence[Event]) -> None:
        items = list(dict.fromkeys(item_of(event) for event in batch if isinstance(event, Post)))
        self._understood = dict(zip(items, self._reader.understand(items), strict=True))

    def _until(self, now: datetime) -> Iterator[Raised]:
        if self._ticked is None:
            self._ticked = last_boundary(now)
        while self._ticked + EVERY <= now:
            before, self._ticked = self._ticked, self._ticked + EVERY
            if before.date() != self._ticked.date():
                self._learn(self._ticked)
            for museum_id, museum in sorted(self._museums.items()):
                for post_id in museum.outlived(self._ticked):
                    museum.put(post_id, None)
                for alarm in museum.advance(self._ticked, self._register.calendar(museum_id)):
                    yield Raised(self._ticked, museum_id, alarm.kind, alarm.sentence)

    def _learn(self, midnight: datetime) -> None:
        """End a day: what it taught is in force from the next midnight on."""
        day = (midnight - timedelta(days=1)).date()
        rows = [row for row in self._rows.values() if row.changed_at >= midnight - _TEACHES]
        values = [value for row in rows for value in row.values(day)]
        finished = [end for row in rows if (end := row.finished()) is not None]
        for record in self._usual.sums(values, finished, day, 0, _SOURCE, midnight):
            key = (record.key or "").encode()
            self._usual.apply(Received(NORMS.name, 0, 0, key, record.value, {}, 0))

    def _take(self, event: Event) -> Iterator[Raised]:
        row = self._rows.get(event.post_id)
        match event:
            case Post():
                self.posts += 1
                if row is not None and row.blocks(event.version):
                    return
                if event.matches:
                    row = fold_post(row, event, self._understood[item_of(event)], self._usual)
                elif row is not None and row.published:
                    row = fold_departure(row, event)
                else:
                    return
                self._publish(event.post_id, row)
            case EngagementSnapshot():
                self.looks += 1
                # What a museum counts is in the words: numbers alone change no voice.
                row = self._rows[event.post_id] = fold_snapshot(row, event, self._usual)
            case Removal():
                if row is None or not row.outlives(event):
                    row = fold_removal(row, event)
                self._publish(event.post_id, row)
        yield from self._called(row, event.observed_at)

    def _publish(self, post_id: str, row: PostRow) -> None:
        for museum_id in left_museums(row):
            if museum_id in self._museums:
                self._museums[museum_id].put(post_id, None)
        self._rows[post_id], events = enriched_posts(row)
        for post in events:
            if post.museum_id not in self._museums:
                self._museums[post.museum_id] = MuseumState(post.museum_id, None, {})
            self._museums[post.museum_id].put(post_id, voice(post))

    def _called(self, row: PostRow, at: datetime) -> Iterator[Raised]:
        post, virality = row.post, row.virality
        if post is None or virality is None or not virality.calls:
            return
        for museum_id in post.museum_ids:
            called = (museum_id, post.post_id)
            if virality.calls > self._calls.get(called, 0):
                self._calls[called] = virality.calls
                yield Raised(at, museum_id, "viral", virality.explanation, post.post_id)
