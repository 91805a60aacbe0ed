"""Stage 1 over topics in memory, with crashes: what is not on Kafka when it dies is gone."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from schemas import (
    EngagementSnapshot,
    EnrichedPost,
    Ingest,
    Match,
    MatchKind,
    Post,
    Removal,
    RemovalReason,
    Sentiment,
    Topic,
    Transport,
)
from schemas import cloudevents as ce
from schemas.codec import decode, encode
from schemas.topics import ENGAGEMENT, POST_ROWS, POSTS_ENRICHED, POSTS_RAW, tick_key
from services.common.outbound import Outbound
from services.common.records import Received, Record
from services.enrich.post_row import PostRow
from services.enrich.reading import Reading, Text
from services.enrich.register import Register
from services.enrich.scoring import Scoring
from services.enrich.understanding import Reader, Understanding, item_of
from services.enrich.usual import Usual

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
POST_ID = "mastodon:1"
_offsets = count()


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def make_post(version: int = 1, *museums: str, text: str = "so lovely", **fields: Any) -> Post:
    """A version of the one post, about these museums (none: an edit took it away)."""
    given = {
        "post_id": POST_ID,
        "platform": "mastodon",
        "version": version,
        "text": text,
        "created_at": NOW,
        "observed_at": at(version),
        "matches": [
            Match(museum_id=museum, kind=MatchKind.HASHTAG, value=museum) for museum in museums
        ],
        "ingest": Ingest(connector="test", transport=Transport.STREAM, received_at=NOW),
    }
    return Post.model_validate(given | fields)


def make_snapshot(
    minutes: float, post_id: str = POST_ID, **counters: int | None
) -> EngagementSnapshot:
    given = {
        "post_id": post_id,
        "platform": "mastodon",
        "observed_at": at(minutes),
        "method": "poll",
    }
    return EngagementSnapshot.model_validate(given | counters)


def make_removal(version: int | None = None, minutes: float = 30, **fields: Any) -> Removal:
    given = {
        "post_id": POST_ID,
        "reason": RemovalReason.AUTHOR_DELETE,
        "effective_at": at(minutes),
        "observed_at": at(minutes),
        "version": version,
    }
    return Removal.model_validate(given | fields)


class PlainModel:
    """Judges without a word list: the same text, the same answer."""

    name = "plain"

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        return [Reading(self._felt(text.text), ()) for text in texts]

    def _felt(self, text: str) -> Sentiment:
        return Sentiment(
            label="neutral",
            p_negative=0,
            p_neutral=1,
            p_positive=0,
            confidence=1,
            abstained=len(text) % 2 == 0,
            model=self.name,
        )


READER = Reader(PlainModel())


def understand(post: Post) -> Understanding:
    [understanding] = READER.understand([item_of(post)])
    return understanding


class MemoryRows:
    """Rows as ``services.common.streams.Rows`` keeps them, over a changelog in memory."""

    def __init__(self, topic: Topic = POST_ROWS) -> None:
        self._topic = topic
        self.held: dict[tuple[int, str], bytes] = {}

    def get(self, partition: int, key: str) -> bytes | None:
        return self.held.get((partition, key))

    def put(self, partition: int, key: str, row: bytes | None) -> Record:
        if row is None:
            self.held.pop((partition, key), None)
        else:
            self.held[partition, key] = row
        return Record(self._topic, key, row, partition=partition)

    def of_partition(self, partition: int) -> Iterator[tuple[str, bytes]]:
        return iter([(key, row) for (held, key), row in self.held.items() if held == partition])


@dataclass
class Kafka:
    """What the broker has acknowledged, in order, by topic."""

    records: list[Record] = field(default_factory=list)

    async def publish(self, records: Sequence[Record]) -> None:
        self.records.extend(records)

    def of(self, topic: Topic) -> list[Record]:
        return [record for record in self.records if record.topic == topic]

    def compacted(self, topic: Topic) -> dict[tuple[int | None, str | None], bytes | None]:
        """The last value under each key, nulls too."""
        return {(record.partition, record.key): record.value for record in self.of(topic)}


class Worker:
    """One stage 1 over rows recovered from Kafka."""

    def __init__(self, kafka: Kafka, usual: Usual | None = None) -> None:
        self.kafka = kafka
        self.rows = MemoryRows()
        for (partition, key), value in kafka.compacted(POST_ROWS).items():
            if value is not None and partition is not None and key is not None:
                self.rows.held[partition, key] = value
        self.out = Outbound(kafka.publish)
        register = Register()
        for museum in ("uffizi", "louvre", "prado"):
            register.apply(Received("museums", 0, 0, museum.encode(), b"{}", {}, 0))
        self.stage = Scoring(
            self.rows,  # type: ignore[arg-type]
            usual or Usual(),
            register,
            READER,
            4,
            self.out,
        )

    def row(self, post_id: str = POST_ID) -> PostRow:
        stored = self.rows.get(0, post_id)
        assert stored is not None
        return PostRow.model_validate_json(stored)

    async def handle(self, *events: Received) -> None:
        """Handle a batch and acknowledge it."""
        await self.stage.foresee(events)
        for event in events:
            await self.stage.handle(event)
        await self.out.finish()


def received(event: Post | EngagementSnapshot | Removal, headers: ce.Headers = ()) -> Received:
    """A fact as it lies on its topic; everything is in partition 0, at an offset of its own."""
    offset = next(_offsets)
    stamp = int(at(10_000).timestamp() * 1000)
    key = event.post_id.encode()
    if isinstance(event, Removal):
        headers = ce.removal_headers(event, "/test")
        return Received(POSTS_RAW.name, 0, offset, key, None, dict(headers), stamp)
    topic = POSTS_RAW if isinstance(event, Post) else ENGAGEMENT
    return Received(topic.name, 0, offset, key, encode(event), dict(headers), stamp)


def tick(topic: Topic, minutes: float, kind: ce.TickKind = "replay") -> Received:
    key = tick_key(0)
    headers = ce.tick_headers(kind, "/test", key, at(minutes))
    stamp = int(at(minutes).timestamp() * 1000)
    return Received(topic.name, 0, next(_offsets), key.encode(), None, dict(headers), stamp)


def said(kafka: Kafka) -> dict[str, tuple[Any, ...]]:
    """What a subscriber of the compacted topic ends up with, but for revision and reason."""
    found: dict[str, tuple[Any, ...]] = {}
    for record in kafka.of(POSTS_ENRICHED):
        assert record.key is not None
        if record.partition is None:
            found[record.key] = _said(record)
    return found


def _said(record: Record) -> tuple[Any, ...]:
    if record.value is None:
        headers = dict(record.headers)
        return (None, ce.reason_of(headers), ce.ce_time(headers))
    event = decode(EnrichedPost, record.value).model_dump()
    return (*(value for name, value in event.items() if name not in ("revision", "reason")),)


def known(row: PostRow) -> dict[str, Any]:
    """A row but for reason and revisions."""
    return row.model_dump(exclude={"reason"}) | {"published": sorted(row.published)}


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Run what never waits for anything, without an event loop: thousands of steps stay fast."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("it waited")
