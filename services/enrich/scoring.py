"""Stage 1: posts, snapshots, removals and ticks of a partition become enriched posts and ticks."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from schemas import EngagementSnapshot, Language, Post, Removal, Sentiment
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import ENGAGEMENT, POSTS_ENRICHED, POSTS_RAW, tick_key
from services.common.outbound import Outbound
from services.common.records import Received, Record, event_record
from services.common.streams import Rows

from .events import Tick, read_post_event
from .housekeeping import Housekeeping
from .language import detect_language
from .metrics import BLOCKED, ENRICHED, TIME
from .norms import Norms
from .post_row import PostRow, fold_departure, fold_post, fold_removal, fold_snapshot
from .register import Register
from .score import enriched_posts, left_museums
from .sentiment import SentimentModel
from .watermark import Watermark

SOURCE = "/enrich"
_INPUTS = (POSTS_RAW, ENGAGEMENT)


class Scoring:
    """Handles ``posts.raw`` and ``posts.engagement``, each partition's records in order."""

    def __init__(
        self,
        rows: Rows,
        norms: Norms,
        register: Register,
        sentiment: SentimentModel,
        enriched_partitions: int,
        out: Outbound,
    ) -> None:
        self._rows = rows
        self._norms = norms
        self._register = register
        self._sentiment = sentiment
        self._enriched_partitions = enriched_partitions
        self._out = out
        self._housekeeping = Housekeeping(rows, norms, SOURCE)
        self._times: dict[int, Watermark] = {}
        self.forget_time()

    def forget_time(self) -> None:
        """Partitions moved: time is unknown until every input has ticked again."""
        self._times = defaultdict(lambda: Watermark(len(_INPUTS)))

    async def handle(self, received: Received) -> None:
        """Handle one record. Raises ``Poison`` for one that cannot be read."""
        match read_post_event(received):
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
            language, sentiment = self._understand(row, post)
            after = fold_post(row, post, language, sentiment, self._norms)
        elif row is not None and row.published:
            after = fold_departure(row, post)
        else:
            return
        await self._publish(received, post.post_id, row, after)

    async def _on_snapshot(self, received: Received, snapshot: EngagementSnapshot) -> None:
        row = self._row(received.partition, snapshot.post_id)
        after = fold_snapshot(row, snapshot, self._norms)
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
        await self._out.add(self._housekeeping.due(received.partition, before, time.now))
        # What a tick covers must be on Kafka before it; of a batch's ticks the last will do.
        key = tick_key(received.partition)
        headers = ce.tick_headers(tick.kind, SOURCE, key, time.now)
        everywhere = range(self._enriched_partitions)
        self._out.add_at_end(
            key,
            [Record(POSTS_ENRICHED, key, None, headers, partition=target) for target in everywhere],
        )
        TIME.labels("posts").set(time.now.timestamp())

    async def _learn(self) -> None:
        """Before a day begins, read the sums that come into force with it."""
        await self._out.flush()
        if self._norms.read_present_end is not None:
            await self._norms.read_present_end()

    def _understand(self, row: PostRow | None, post: Post) -> tuple[Language, Sentiment]:
        if row is not None and row.language is not None and row.sentiment is not None:
            known = row.post
            if known is not None and (known.text, known.lang) == (post.text, post.lang):
                return row.language, row.sentiment
        language = detect_language(post.text, post.lang)
        return language, self._sentiment.judge([(post.text, language.code)])[0]

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
            await self._out.add([self._rows.put(received.partition, post_id, encode(row))])
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
        return None if stored is None else PostRow.model_validate_json(stored)


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
