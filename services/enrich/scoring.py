"""Stage 1: posts, snapshots, removals and ticks of a partition become enriched posts and ticks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog

from schemas import EngagementSnapshot, Post, Reason, Removal
from schemas import cloudevents as ce
from schemas.topics import ENGAGEMENT, POSTS_ENRICHED, POSTS_RAW, tick_key
from services.common.errors import Poison
from services.common.logging import frames_of
from services.common.outbound import Outbound
from services.common.records import Received, Record, event_record
from services.common.streams import Rows

from .events import PostEvent, Tick, read_post_event
from .housekeeping import Housekeeping
from .metrics import BLOCKED, ENRICHED, TIME
from .post_row import (
    PostRow,
    encode_row,
    fold_departure,
    fold_post,
    fold_removal,
    fold_snapshot,
)
from .register import Register
from .score import enriched_posts, left_museums
from .understanding import Item, Reader, Understanding, item_of
from .usual import Usual
from .watermark import Watermark

log = structlog.get_logger(__name__)

SOURCE = "/enrich"
_MANY = 32
_INPUTS = (POSTS_RAW, ENGAGEMENT)


class Scoring:
    """Handles ``posts.raw`` and ``posts.engagement``, each partition's records in order."""

    def __init__(
        self,
        rows: Rows,
        usual: Usual,
        register: Register,
        reader: Reader,
        enriched_partitions: int,
        out: Outbound,
    ) -> None:
        self._rows = rows
        self._usual = usual
        self._register = register
        self._reader = reader
        self._enriched_partitions = enriched_partitions
        self._out = out
        self._housekeeping = Housekeeping(rows, usual, SOURCE)
        self._times: dict[int, Watermark] = {}
        self._foreseen: dict[tuple[int, int], Post] = {}
        self._understood: dict[Item, Understanding] = {}
        self.forget_time()

    def forget_time(self) -> None:
        """Partitions moved: time is unknown until every input has ticked again."""
        self._times = defaultdict(lambda: Watermark(len(_INPUTS)))

    async def foresee(self, batch: Sequence[Received]) -> None:
        """Read the posts of a batch, and what their texts say, all at once: that is quicker."""
        self._foreseen = {}
        for received in batch:
            if received.topic != POSTS_RAW.name or received.value is None:
                continue
            try:
                event = read_post_event(received)
            except Poison:  # it comes again, where the guard hears it
                continue
            if isinstance(event, Post):
                self._foreseen[received.partition, received.offset] = event
        items = list({item_of(post): None for post in self._foreseen.values()})
        self._understood = {}
        try:
            if len(items) < _MANY:
                understood = self._reader.understand(items)
            else:  # beside the loop: with a model of one's own this may take seconds
                understood = await asyncio.to_thread(self._reader.understand, items)
        except Exception as error:  # each is read again by itself, where the guard hears it
            log.error("batch_unread", error=type(error).__name__, frames=frames_of(error))
        else:
            self._understood.update(zip(items, understood, strict=True))

    async def handle(self, received: Received) -> None:
        """Handle one record. Raises ``Poison`` for one that cannot be read."""
        match self._read(received):
            case Post() as post:
                await self._on_post(received, post)
            case EngagementSnapshot() as snapshot:
                await self._on_snapshot(received, snapshot)
            case Removal() as removal:
                await self._on_removal(received, removal)
            case Tick() as tick:
                await self._on_tick(received, tick)

    async def _on_post(self, received: Received, post: Post) -> None:
        row = self._row(received.partition, post.post_id)
        if row is not None and row.blocks(post.version):
            BLOCKED.inc()
            await self._publish(received, post.post_id, row, row)
            return
        known = await self._register.known(post.museum_ids)
        matches = tuple(match for match in post.matches if match.museum_id in known)
        post = post.model_copy(update={"matches": matches})
        if matches:
            after = fold_post(row, post, self._understand(row, post), self._usual)
        elif row is not None and row.published:
            after = fold_departure(row, post)
        else:
            return
        await self._publish(received, post.post_id, row, after)

    async def _on_snapshot(self, received: Received, snapshot: EngagementSnapshot) -> None:
        row = self._row(received.partition, snapshot.post_id)
        after = fold_snapshot(row, snapshot, self._usual)
        await self._publish(received, snapshot.post_id, row, after)

    async def _on_removal(self, received: Received, removal: Removal) -> None:
        row = self._row(received.partition, removal.post_id)
        if row is not None and row.outlives(removal):
            BLOCKED.inc()
            await self._publish(received, removal.post_id, row, row)
            return
        await self._publish(received, removal.post_id, row, fold_removal(row, removal))

    async def _on_tick(self, received: Received, tick: Tick) -> None:
        time = self._times[received.partition]
        before = time.now
        if before is None or before.date() < tick.at.date():
            await self._learn()
        if not time.tick(received.topic, tick.at) or time.now is None:
            return
        await self._out.add(await self._housekeeping.due(received.partition, before, time.now))
        # What a tick covers must be on Kafka before it; of a batch's ticks the last will do.
        key = tick_key(received.partition)
        self._out.add_at_end(key, partial(self._ticks, key, tick.kind, time.now))
        TIME.labels("posts").set(time.now.timestamp())

    def _ticks(self, key: str, kind: ce.TickKind, at: datetime) -> list[Record]:
        headers = ce.tick_headers(kind, SOURCE, key, at)
        everywhere = range(self._enriched_partitions)
        return [
            Record(POSTS_ENRICHED, key, None, headers, partition=target) for target in everywhere
        ]

    async def _learn(self) -> None:
        """Before a day begins, read the sums that come into force with it."""
        await self._out.flush()
        if self._usual.read_present_end is not None:
            await self._usual.read_present_end()

    def _read(self, received: Received) -> PostEvent | None:
        if received.topic == POSTS_RAW.name:
            post = self._foreseen.pop((received.partition, received.offset), None)
            if post is not None:
                return post
        return read_post_event(received)

    def _understand(self, row: PostRow | None, post: Post) -> Understanding:
        item = item_of(post)
        known = None if row is None or row.post is None else item_of(row.post)
        if row is not None and row.understanding is not None and known == item:
            return row.understanding
        if item not in self._understood:
            [self._understood[item]] = self._reader.understand([item])
        return self._understood[item]

    async def _publish(
        self, received: Received, post_id: str, before: PostRow | None, after: PostRow
    ) -> None:
        """Publish what the row says now, also where nothing changed: the first try may have died.

        Nulls are on Kafka before the row forgets the text.
        """
        trace = ce.traceparent(received.headers)
        gone = left_museums(after)
        if gone:
            reason, at = _why(after)
            await self._out.add([_null(museum, post_id, reason, at, trace) for museum in gone])
            await self._out.flush()
        row, events = enriched_posts(after)
        if row != before:
            await self._out.add([self._rows.put(received.partition, post_id, encode_row(row))])
        for event in events:
            ENRICHED.labels(event.reason).inc()
            said_at = max(event.observed_at, event.counted_at or event.observed_at)
            await self._out.add(
                [
                    event_record(
                        POSTS_ENRICHED,
                        ce.POST_ENRICHED,
                        SOURCE,
                        event.key,
                        event,
                        said_at,
                        traceparent=trace,
                    )
                ]
            )

    def _row(self, partition: int, post_id: str) -> PostRow | None:
        stored = self._rows.get(partition, post_id)
        if stored is None:
            return None
        row = PostRow.model_validate_json(stored)
        if row.post is None or row.understanding is not None:
            return row
        # An earlier release wrote it, which understood less.
        understanding = self._understand(None, row.post)
        return row.model_copy(update={"understanding": understanding, "reason": Reason.RESCORED})


def _why(row: PostRow) -> tuple[str, datetime]:
    """Return why and since when a post is gone, or no longer about one of its museums."""
    if row.mark is not None:
        return row.mark.reason, row.mark.at
    assert row.post is not None
    return "edit", row.post.observed_at


def _null(museum: str, post_id: str, reason: str, at: datetime, trace: str | None) -> Record:
    key = f"{museum}/{post_id}"
    headers = ce.null_headers(ce.POST_ENRICHED, SOURCE, key, at, reason, traceparent=trace)
    return Record(POSTS_ENRICHED, key, None, headers)
