"""Stage 2: the enriched posts of a partition's museums become each museum's activity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from schemas import EnrichedPost
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import ACTIVITY, MUSEUM_ROWS, museum_of
from services.common.outbound import Outbound
from services.common.records import Received, event_record, heartbeat
from services.common.streams import Rows

from .events import Gone, Tick, read_enriched_event
from .metrics import TIME
from .museum_state import MuseumState
from .register import Register
from .voice import Voice, voice
from .watermark import Watermark

SOURCE = "/enrich"
EVERY = timedelta(minutes=5)


class Counting:
    """Handles ``posts.enriched``, each partition's records in order.

    A post's voice has a row of its own, and each museum one beside them: a post that comes does
    not write a museum's whole state anew.
    """

    def __init__(self, rows: Rows, register: Register, sources: int, out: Outbound) -> None:
        self._rows = rows
        self._register = register
        self._sources = sources
        self._out = out
        self._times: dict[int, Watermark] = {}
        self._museums: dict[int, dict[str, MuseumState]] = {}
        self.forget()

    def forget(self) -> None:
        """Partitions moved: time is unknown until every source has ticked again, and museums are
        recovered from their rows.
        """
        self._times = defaultdict(lambda: Watermark(self._sources))
        self._museums = {}

    async def foresee(self, batch: Sequence[Received]) -> None:
        """Nothing here is quicker for many."""

    async def handle(self, received: Received) -> None:
        """Handle one record. Raises ``Poison`` for one that cannot be read."""
        match read_enriched_event(received):
            case EnrichedPost() as post:
                await self._put(received.partition, post.museum_id, post.post_id, voice(post))
            case Gone(museum_id, post_id):
                await self._put(received.partition, museum_id, post_id, None)
            case Tick() as tick:
                await self._on_tick(received, tick)

    async def _put(self, partition: int, museum_id: str, post_id: str, said: Voice | None) -> None:
        museums, key = self._of(partition), f"{museum_id}/{post_id}"
        if museum_id not in museums:
            if said is None:
                return
            museums[museum_id] = fresh = MuseumState(museum_id, None, {})
            # A museum speaks from its first post on, also where that is gone before it does.
            await self._out.add([self._rows.put(partition, museum_id, fresh.row())])
        kept = museums[museum_id].put(post_id, said)
        row = None if kept is None else encode(kept)
        if self._rows.get(partition, key) != row:
            await self._out.add([self._rows.put(partition, key, row)])

    def _of(self, partition: int) -> dict[str, MuseumState]:
        """Return a partition's museums, recovered from their rows where that is still to do."""
        museums = self._museums.get(partition)
        if museums is None:
            voices: dict[str, dict[str, Voice]] = defaultdict(dict)
            own: dict[str, bytes] = {}
            for key, row in self._rows.of_partition(partition):
                museum_id = museum_of(key)
                if key == museum_id:
                    own[key] = row
                else:
                    post_id = key.removeprefix(f"{museum_id}/")
                    voices[museum_id][post_id] = Voice.model_validate_json(row)
            museums = self._museums[partition] = {
                museum_id: MuseumState(museum_id, own.get(museum_id), voices[museum_id])
                for museum_id in {*own, *voices}
            }
        return museums

    async def _on_tick(self, received: Received, tick: Tick) -> None:
        partition, source = received.partition, (received.key or b"").decode("utf-8")
        time = self._times[partition]
        before = time.now
        if not time.tick(source, tick.at) or time.now is None:
            return
        at = last_boundary(time.now)
        if before is not None and at <= before:
            return
        await self._speak(partition, at)
        TIME.labels("museums").set(time.now.timestamp())

    async def _speak(self, partition: int, at: datetime) -> None:
        """Publish each museum's activity, of silent ones too: their silence may be news."""
        museums = self._of(partition)
        for museum_id, museum in sorted(museums.items()):
            for post_id in museum.outlived(at):
                museum.put(post_id, None)
                key = f"{museum_id}/{post_id}"
                await self._out.add([self._rows.put(partition, key, None)])
            if museum.silent and museum_id not in self._register:
                del museums[museum_id]
                await self._out.add([self._rows.put(partition, museum_id, None)])
                continue
            calendar = self._register.calendar(museum_id)
            museum.advance(at, calendar)
            said = museum.speak(at, calendar)
            await self._out.add(
                [
                    event_record(ACTIVITY, ce.ACTIVITY, SOURCE, museum_id, said, at),
                    self._rows.put(partition, museum_id, museum.row()),
                ]
            )
        await self._out.add([heartbeat(MUSEUM_ROWS, SOURCE, partition, at)])


def last_boundary(now: datetime) -> datetime:
    """Return the last instant, up to now, at which museums were due to speak."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // EVERY * EVERY
