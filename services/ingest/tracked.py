"""The posts that were passed on, as ``ingest.tracked`` has them, looked up by id, author and time.

Rows are kept encoded: a month of posts fits into memory so. It writes nothing itself.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import datetime, timedelta

import structlog

from schemas import TrackedPost, decode, encode
from services.common.records import Received

from .metrics import TRACKED, UNREADABLE_RECORDS

log = structlog.get_logger(__name__)

KEEP_FOR = timedelta(days=62)
"""Until then a removal still finds its post: enrich keeps a text for 31 days after its last change,
and the last look comes on the 30th day.
"""


class TrackedPosts:
    """A view of the topic: fed by a follower, and at once by what this process writes itself."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}
        self._by_author: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._ages: list[tuple[float, str]] = []
        self._looks: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self._ours: dict[str, int] = {}
        """Offsets of our own writes that the follower has not read yet."""
        self._read: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, post_id: str) -> bool:
        return post_id in self._rows

    def get(self, post_id: str) -> TrackedPost | None:
        """Return a post's row, if it is tracked."""
        raw = self._rows.get(post_id)
        return None if raw is None else decode(TrackedPost, raw)

    def of_author(self, platform: str, author_id: str) -> list[str]:
        """Return the ids of an author's tracked posts, sorted."""
        return sorted(self._by_author.get((platform, author_id), ()))

    def apply(self, received: Received) -> None:
        """Take over a record of the topic. What we wrote later than it stands."""
        self._read[received.partition] = received.offset
        key = (received.key or b"").decode("utf-8", "replace")
        ours = self._ours.get(key)
        if ours is not None:
            if received.offset >= ours:
                del self._ours[key]
            if received.offset <= ours:
                return
        try:
            row = None if received.value is None else decode(TrackedPost, received.value)
        except ValueError as error:
            UNREADABLE_RECORDS.labels(received.topic).inc()
            log.warning("record_skipped", topic=received.topic, key=key, detail=str(error))
            return
        self._set(key, row)

    def wrote(self, post_id: str, row: TrackedPost | None, partition: int, offset: int) -> None:
        """Take over what the broker has just acknowledged, without waiting to read it back."""
        if offset >= 0:  # where the broker had it already, it does not say where
            if self._read.get(partition, -1) >= offset:
                return  # read back already, and perhaps more
            self._ours[post_id] = offset
        self._set(post_id, row)

    def expired(self, now: datetime, limit: int = 500) -> list[str]:
        """Return ids of rows that are too old; asked again, it returns them until they go."""
        oldest = (now - KEEP_FOR).timestamp()
        found: dict[str, float] = {}
        while self._ages and self._ages[0][0] < oldest and len(found) < limit:
            tracked_at, post_id = heapq.heappop(self._ages)
            row = self.get(post_id)
            if row is not None and row.tracked_at.timestamp() == tracked_at:
                found[post_id] = tracked_at
        for post_id, tracked_at in found.items():
            heapq.heappush(self._ages, (tracked_at, post_id))
        return list(found)

    def due(self, platform: str, now: datetime, limit: int) -> list[TrackedPost]:
        """Return rows whose next look is due. Each is returned once, until it is written again."""
        looks = self._looks[platform]
        found: dict[str, TrackedPost] = {}
        while looks and looks[0][0] <= now.timestamp() and len(found) < limit:
            at, post_id = heapq.heappop(looks)
            row = self.get(post_id)
            if row is not None and row.next_look_at and row.next_look_at.timestamp() == at:
                found[post_id] = row
        return list(found.values())

    def put_back(self, rows: list[TrackedPost]) -> None:
        """Make rows due again that could not be looked at."""
        for row in rows:
            self._schedule(row)

    def _set(self, post_id: str, row: TrackedPost | None) -> None:
        old = self.get(post_id)
        if old is not None and old.author_id is not None:
            author = (old.platform, old.author_id)
            self._by_author[author].discard(post_id)
            if not self._by_author[author]:
                del self._by_author[author]
        if row is None:
            self._rows.pop(post_id, None)
        else:
            self._rows[post_id] = encode(row)
            if row.author_id is not None:
                self._by_author[row.platform, row.author_id].add(post_id)
            if old is None or old.tracked_at != row.tracked_at:
                heapq.heappush(self._ages, (row.tracked_at.timestamp(), post_id))
            if old is None or old.next_look_at != row.next_look_at:
                self._schedule(row)
        TRACKED.set(len(self._rows))

    def _schedule(self, row: TrackedPost) -> None:
        if row.next_look_at is not None:
            entry = (row.next_look_at.timestamp(), row.post_id)
            heapq.heappush(self._looks[row.platform], entry)
