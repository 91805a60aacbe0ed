"""Stage 2: the enriched posts of a partition's museums become each museum's activity."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from schemas import EnrichedPost
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import ACTIVITY, HEARTBEAT_KEY, MUSEUM_ROWS
from services.common.outbound import Outbound
from services.common.records import Received, Record, event_record
from services.common.streams import Rows

from .events import Gone, Tick, read_enriched_event
from .metrics import TIME
from .museum_row import MuseumRow, activity, fold_enriched, fold_gone, fold_time
from .watermark import Watermark

SOURCE = "/enrich"
EVERY = timedelta(minutes=5)


class Counting:
    """Handles ``posts.enriched``, each partition's records in order."""

    def __init__(self, rows: Rows, sources: int, out: Outbound) -> None:
        self._rows = rows
        self._sources = sources
        self._out = out
        self._times: dict[int, Watermark] = {}
        self.forget_time()

    def forget_time(self) -> None:
        """Partitions moved: time is unknown until every source has ticked again."""
        self._times = defaultdict(lambda: Watermark(self._sources))

    async def handle(self, received: Received) -> None:
        """Handle one record. Raises ``Poison`` for one that cannot be read."""
        match read_enriched_event(received):
            case EnrichedPost() as post:
                row = self._row(received.partition, post.museum_id)
                await self._put(received.partition, post.museum_id, row, fold_enriched(row, post))
            case Gone(museum_id, post_id):
                row = self._row(received.partition, museum_id)
                await self._put(received.partition, museum_id, row, fold_gone(row, post_id))
            case Tick() as tick:
                await self._on_tick(received, tick)

    async def _on_tick(self, received: Received, tick: Tick) -> None:
        time = self._times[received.partition]
        before = time.now
        source = (received.key or b"").decode("utf-8")
        if not time.tick(source, tick.at) or time.now is None:
            return
        at = _last_boundary(time.now)
        if before is not None and at <= before:
            return
        for museum_id, stored in self._rows.of_partition(received.partition):
            await self._speak(received.partition, museum_id, stored, at)
        headers = ce.headers_for(ce.HEARTBEAT, SOURCE, HEARTBEAT_KEY, None, at)
        await self._out.add(
            [Record(MUSEUM_ROWS, HEARTBEAT_KEY, None, headers, partition=received.partition)]
        )
        TIME.labels("museums").set(time.now.timestamp())

    async def _speak(self, partition: int, museum_id: str, stored: bytes, at: datetime) -> None:
        """Publish a museum's activity; once its window is empty say so and forget the row."""
        row = MuseumRow.model_validate_json(stored)
        said = activity(museum_id, row, at)
        after = fold_time(row, at)
        await self._out.add([event_record(ACTIVITY, ce.ACTIVITY, SOURCE, museum_id, said, at)])
        if after.posts:
            await self._put(partition, museum_id, row, after)
        else:
            await self._out.add([self._rows.put(partition, museum_id, None)])

    async def _put(self, partition: int, museum_id: str, before: MuseumRow, row: MuseumRow) -> None:
        # A repeat writes the row again: its first try may have died before the changelog had it.
        if row.posts or before.posts:
            await self._out.add([self._rows.put(partition, museum_id, encode(row))])

    def _row(self, partition: int, museum_id: str) -> MuseumRow:
        stored = self._rows.get(partition, museum_id)
        return MuseumRow() if stored is None else MuseumRow.model_validate_json(stored)


def _last_boundary(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // EVERY * EVERY
