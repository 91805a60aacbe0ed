"""Stage 2: the enriched posts of a partition's museums become each museum's activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas import EnrichedPost
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import ACTIVITY, HEARTBEAT_KEY, MUSEUM_ROWS, museum_of
from services.common.outbound import Outbound
from services.common.records import Received, Record, event_record
from services.common.streams import Rows

from .activity import Voice, activity, outlived, voice
from .events import Gone, Tick, read_enriched_event
from .metrics import TIME
from .watermark import Watermark

SOURCE = "/enrich"
EVERY = timedelta(minutes=5)


class Counting:
    """Handles ``posts.enriched``, each partition's records in order. A row is one post's voice."""

    def __init__(self, rows: Rows, sources: int, out: Outbound) -> None:
        self._rows = rows
        self._sources = sources
        self._out = out
        self._times: dict[int, Watermark] = {}
        self.forget_time()

    def forget_time(self) -> None:
        """Partitions moved: time is unknown until every source has ticked again."""
        self._times = defaultdict(lambda: Watermark(self._sources))

    def foresee(self, batch: Sequence[Received]) -> None:
        """Nothing here is quicker for many."""

    async def handle(self, received: Received) -> None:
        """Handle one record. Raises ``Poison`` for one that cannot be read."""
        match read_enriched_event(received):
            case EnrichedPost() as post:
                said = voice(post)
                row = None if said is None else encode(said)
                await self._put(received.partition, post.key, row)
            case Gone(museum_id, post_id):
                await self._put(received.partition, f"{museum_id}/{post_id}", None)
            case Tick() as tick:
                await self._on_tick(received, tick)

    async def _put(self, partition: int, key: str, row: bytes | None) -> None:
        if self._rows.get(partition, key) != row:
            await self._out.add([self._rows.put(partition, key, row)])

    async def _on_tick(self, received: Received, tick: Tick) -> None:
        partition, source = received.partition, (received.key or b"").decode("utf-8")
        time = self._times[partition]
        before = time.now
        if not time.tick(source, tick.at) or time.now is None:
            return
        at = _last_boundary(time.now)
        if before is not None and at <= before:
            return
        await self._speak(partition, at)
        TIME.labels("museums").set(time.now.timestamp())

    async def _speak(self, partition: int, at: datetime) -> None:
        """Publish each museum's activity; a museum that falls silent says so once, with zeros."""
        museums: dict[str, dict[str, Voice]] = defaultdict(dict)
        old: list[str] = []
        for key, row in self._rows.of_partition(partition):
            said = Voice.model_validate_json(row)
            museum_id = museum_of(key)
            museums[museum_id][key.removeprefix(f"{museum_id}/")] = said
            if outlived(said, at):
                old.append(key)
        for museum_id, voices in sorted(museums.items()):
            counted = activity(museum_id, voices, at)
            await self._out.add(
                [event_record(ACTIVITY, ce.ACTIVITY, SOURCE, museum_id, counted, at)]
            )
        if old:
            # Else a crash could leave a museum without rows that never said its zeros.
            await self._out.flush()
        headers = ce.headers_for(ce.HEARTBEAT, SOURCE, HEARTBEAT_KEY, None, at)
        beat = Record(MUSEUM_ROWS, HEARTBEAT_KEY, None, headers, partition=partition)
        await self._out.add([*(self._rows.put(partition, key, None) for key in old), beat])


def _last_boundary(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // EVERY * EVERY
