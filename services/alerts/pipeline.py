"""Alerts as a sentence: read enriched posts, judge them by the rules, keep what follows together
with the offset, publish the incidents; the outbox tells the receivers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from schemas import cloudevents
from schemas.topics import INCIDENTS
from services.common.errors import Retryable
from services.common.health import Health
from services.common.metrics import HANDLER_SECONDS
from services.common.publisher import PublishRecords
from services.common.records import event_record
from services.common.watchdog import Watchdog

from .erasure import Erasure
from .heartbeat import Heartbeat
from .judging import SOURCE, Judge
from .metrics import ALERTS, INCIDENTS_OPENED, OFFSETS_REFUSED
from .reading import Event, Tick
from .store.casework import Casework, Changes
from .store.reader import Batch, Reader
from .ticks import TickClock

log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 1.0


class Pipeline:
    """Runs until it is told to stop; a batch is kept as a whole or not at all."""

    def __init__(
        self,
        reader: Reader,
        judge: Judge,
        casework: Casework,
        publish: PublishRecords,
        erasure: Erasure,
        heartbeat: Heartbeat,
        ticks: TickClock | None,
        health: Health,
        watchdog: Watchdog,
        wake_outbox: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._judge = judge
        self._casework = casework
        self._publish = publish
        self._erasure = erasure
        self._heartbeat = heartbeat
        self._ticks = ticks
        self._health = health
        self._watchdog = watchdog
        self._wake_outbox = wake_outbox
        self._all_published_in: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Read, judge, keep and publish, until stopped; while database or Kafka are away, wait."""
        while not stop.is_set():
            try:
                for batch in await self._reader.batches():
                    with HANDLER_SECONDS.labels(batch.place.topic).time():
                        await self._handle(batch)
                await self._publish_incidents()
                await self._heartbeat.run(self._reader.partitions)
                await self._erasure.run()
            except Retryable as error:
                # What was read with the batch in hand is not kept either: read all of it again.
                self._reader.forget()
                self._erasure.owe()
                self._health.not_ready("pipeline", str(error))
                log.warning("pipeline_waits", error=str(error))
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                self._health.ready("pipeline")
            self._watchdog.look(self._reader.progress())

    async def _handle(self, batch: Batch) -> None:
        events = await self._judge.judge(batch.records)
        changes = await self._casework.keep(batch, events)
        if changes is None:
            OFFSETS_REFUSED.inc()
            log.warning("offset_refused", **batch.place._asdict(), expected=batch.expected)
            self._reader.refused(batch)
            return
        self._reader.kept(batch)
        self._take_ticks(batch.place.partition, events)
        self._erasure.erased(changes.erased)
        if changes.stories:
            self._all_published_in = None
            self._tell(changes)
            self._wake_outbox()

    def _take_ticks(self, partition: int, events: Sequence[Event]) -> None:
        if self._ticks is not None:
            for event in events:
                if isinstance(event, Tick):
                    self._ticks.tick(partition, event.source, event.at)

    async def _publish_incidents(self) -> None:
        """Publish the newest state of each incident of our partitions that has changed.

        There are some after a change of ours, or where another replica has left them to us.
        """
        beginnings = self._reader.beginnings
        if self._all_published_in == beginnings:
            return
        waiting = await self._casework.unpublished(self._reader.partitions)
        if not waiting:
            self._all_published_in = beginnings
        else:
            await self._publish(
                [
                    event_record(
                        INCIDENTS,
                        cloudevents.INCIDENT,
                        SOURCE,
                        incident.key,
                        incident,
                        incident.updated_at,
                    )
                    for incident in waiting
                ]
            )
            await self._casework.mark_published(waiting)

    def _tell(self, changes: Changes) -> None:
        for incident in changes.opened:
            INCIDENTS_OPENED.labels(incident.alerts[0].rule).inc()
            log.info(
                "incident_opened",
                incident_id=incident.incident_id,
                museum_id=incident.museum_id,
                severity=incident.severity,
                rules=sorted({alert.rule for alert in incident.alerts}),
            )
        for before, after in changes.stories:
            known = () if before is None else before.incident.alerts
            for alert in after.incident.alerts:
                if alert not in known:
                    ALERTS.labels(alert.rule).inc()
