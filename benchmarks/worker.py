"""A worker of enrich without a broker: both stages over the service's own rows, and posts for it.

It sends nothing and reads nothing; whoever uses it says what comes and what time it is.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, islice

from aiokafka import TopicPartition

from benchmarks.scoring_speed import PLATFORM, START, WORDS, make_snapshots
from schemas import Author, Hashtag, Ingest, Match, MatchKind, Museum, Post, Transport
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import (
    ENGAGEMENT,
    MUSEUM_ROWS,
    MUSEUMS,
    NORMS,
    POST_ROWS,
    POSTS_ENRICHED,
    POSTS_RAW,
    Topic,
    partition_for,
    tick_key,
)
from services.common.clock import SetClock
from services.common.health import Health
from services.common.outbound import Outbound
from services.common.publisher import Publisher
from services.common.records import Received, Record
from services.common.settings import ServiceSettings
from services.common.streams import StreamApp
from services.enrich.counting import Counting
from services.enrich.post_row import PostRow
from services.enrich.register import Register
from services.enrich.score import enriched_posts
from services.enrich.scoring import Scoring
from services.enrich.understanding import Reader
from services.enrich.usual import Usual

MONTH = timedelta(days=31)
"""So long a post's row is kept."""
END = START + MONTH
PARTITIONS = 12
LEARNED_DAYS = 90
_EVERY = 5
"""Of a post's sixty snapshots every fifth is looked at: twelve looks in two days."""
_offsets = count()


class Worker:
    """Both stages of one worker over the service's own rows, without a broker."""

    def __init__(self, museums: int) -> None:
        self.register, self.usual = Register(), Usual()
        for number in range(museums):
            name = museum_name(number)
            museum = Museum(
                museum_id=name,
                name="A museum",
                hashtags=(Hashtag(raw=name),),
                timezone="Europe/Rome",
            )
            self.register.apply(_received(MUSEUMS, 0, name, encode(museum)))
        settings = ServiceSettings()
        publisher = Publisher(settings.kafka, "benchmark")
        app = StreamApp("benchmark", settings, publisher, Health(), SetClock(END))
        self.posts = app.rows("posts", POST_ROWS)
        self.museums = app.rows("museums", MUSEUM_ROWS)
        self._out = Outbound(_acknowledge)
        self._counting = Counting(self.museums, self.register, 1, self._out)

    async def own_all(self) -> None:
        """Take all partitions, as a worker does that is alone."""
        for rows, topic in ((self.posts, POST_ROWS), (self.museums, MUSEUM_ROWS)):
            ours = {TopicPartition(topic.name, number) for number in range(PARTITIONS)}
            await rows._table.data.on_rebalance(ours, set(), ours)

    async def score(self, records: Iterable[Received], reader: Reader) -> None:
        """Take records of ``posts.raw`` and ``posts.engagement``."""
        scoring = Scoring(self.posts, self.usual, self.register, reader, PARTITIONS, self._out)
        waiting = iter(records)
        while batch := list(islice(waiting, 500)):
            await scoring.foresee(batch)
            for received in batch:
                await scoring.handle(received)
            await self._out.finish()

    async def count(self, since: datetime) -> None:
        """Take the enriched posts that were made since, as ``posts.enriched`` brings them."""
        for partition in range(PARTITIONS):
            for _, stored in self.posts.of_partition(partition):
                row = PostRow.model_validate_json(stored)
                if row.post is None or row.post.created_at < since:
                    continue
                for event in enriched_posts(row)[1]:
                    target = partition_for(POSTS_ENRICHED, event.key, PARTITIONS)
                    received = _received(POSTS_ENRICHED, target, event.key, encode(event))
                    await self._counting.handle(received)
                    await self._out.finish()

    async def tick(self, at: datetime) -> None:
        """Let every museum speak."""
        key = tick_key(0)
        headers = dict(ce.tick_headers("replay", "/benchmark", key, at))
        stamp = int(at.timestamp() * 1000)
        for partition in range(PARTITIONS):
            received = Received(
                POSTS_ENRICHED.name, partition, next(_offsets), key.encode(), None, headers, stamp
            )
            await self._counting.handle(received)
            await self._out.finish()

    def learn(self) -> None:
        """Know what each partition wrote at the end of each day: the same sums, day after day."""
        rows = [PostRow.model_validate_json(stored) for _, stored in self.posts.of_partition(0)]
        finished = [end for row in rows if (end := row.finished()) is not None]
        day = max(end.day for end in finished)
        values = [
            replace(value, day=day)
            for row in rows
            for seen in {look.day for look in row.looks}
            for value in row.values(seen)
        ]
        sums = self.usual.sums(values, finished, day, 0, "/benchmark", END)
        for back in range(LEARNED_DAYS):
            for partition in range(PARTITIONS):
                for record in sums:
                    fields = json.loads(record.value or b"")
                    fields |= {"day": str(day - timedelta(days=back)), "partition": partition}
                    key = "/".join(
                        (*(record.key or "").split("/")[:2], fields["day"], str(partition))
                    )
                    self.usual.apply(_received(NORMS, 0, key, json.dumps(fields).encode()))


def museum_name(number: int) -> str:
    """Name a museum, counted from 0."""
    return f"museum-{number}"


async def _acknowledge(records: Sequence[Record]) -> None:
    """Kafka has them."""


def _received(topic: Topic, partition: int, key: str, value: bytes) -> Received:
    stamp = int(END.timestamp() * 1000)
    return Received(topic.name, partition, next(_offsets), key.encode(), value, {}, stamp)


def make_post(number: int, museum: str, born: datetime, chance: random.Random) -> Post:
    return Post(
        post_id=f"{PLATFORM}:{number}",
        platform=PLATFORM,
        version=1,
        url=f"https://{PLATFORM}.example/p/{number}",
        author=Author(handle=f"visitor{number}", followers=chance.randrange(5000)),
        text=" ".join(chance.choices(WORDS, k=25)),
        created_at=born,
        observed_at=born,
        matches=(Match(museum_id=museum, kind=MatchKind.HASHTAG, value=museum),),
        ingest=Ingest(connector=PLATFORM, transport=Transport.STREAM, received_at=born),
    )


def records(posts: int, museums: int, chance: random.Random) -> Iterator[Received]:
    """Yield each post and then its looks."""
    for number, snapshots in enumerate(make_snapshots(posts, chance)):
        partition, museum = number % PARTITIONS, museum_name(number % museums)
        post = make_post(number, museum, START + timedelta(minutes=number), chance)
        yield _received(POSTS_RAW, partition, post.post_id, encode(post))
        for snapshot in snapshots[::_EVERY]:
            yield _received(ENGAGEMENT, partition, post.post_id, encode(snapshot))


def renamed(row: PostRow, post: Post) -> PostRow:
    """Return a row with another post in it, as if that had had the same looks."""
    published = {museum: last for museum in post.museum_ids for last in row.published.values()}
    return row.model_copy(update={"post": post, "published": published})
