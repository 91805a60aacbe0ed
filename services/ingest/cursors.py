"""How far each connector has come: read at the start, written behind what it covers."""

from __future__ import annotations

import structlog

from schemas import Cursor, decode
from schemas import cloudevents as ce
from schemas.topics import CURSORS
from services.common.publisher import PublishRecords
from services.common.records import Received, event_record

from .metrics import CURSOR_TIME, UNREADABLE_RECORDS

log = structlog.get_logger(__name__)


class Cursors:
    """The cursors of topic ``ingest.cursors``. It does not know what a cursor covers."""

    def __init__(self, publish: PublishRecords) -> None:
        self._publish = publish
        self._cursors: dict[str, Cursor] = {}

    def get(self, connector: str, subscription: str) -> Cursor | None:
        """Return where a subscription stands, if it ever got anywhere."""
        return self._cursors.get(f"{connector}:{subscription}")

    def apply(self, received: Received) -> None:
        """Take over a record of the topic."""
        key = (received.key or b"").decode("utf-8", "replace")
        if received.value is None:
            self._cursors.pop(key, None)
            return
        try:
            self._cursors[key] = decode(Cursor, received.value)
        except ValueError as error:
            UNREADABLE_RECORDS.labels(received.topic).inc()
            log.warning("record_skipped", topic=received.topic, key=key, detail=str(error))

    async def write(self, cursor: Cursor) -> None:
        """Write a cursor. Call it only when the broker has acknowledged what it covers."""
        source = f"/ingest/{cursor.connector}"
        await self._publish(
            [event_record(CURSORS, ce.CURSOR, source, cursor.key, cursor, cursor.updated_at)]
        )
        self._cursors[cursor.key] = cursor
        CURSOR_TIME.labels(cursor.connector).set(cursor.updated_at.timestamp())
