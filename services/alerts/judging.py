"""Reads and judges records under the guard: what cannot be read is parked, and stops nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from services.common.guard import Guard
from services.common.publisher import PublishRecords
from services.common.records import Received
from services.common.settings import ServiceSettings

from .reading import Event, Judged, read
from .register import Register
from .rules import Rulebook

SOURCE = "/alerts"


class Judge:
    """Turns records into events.

    ``read_register`` reads the museums to their present end. ``tells_from``: what was produced
    earlier pages nobody.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        register: Register,
        read_register: Callable[[], Awaitable[None]],
        publish: PublishRecords,
        settings: ServiceSettings,
        tells_from: datetime,
    ) -> None:
        self._rulebook = rulebook
        self._register = register
        self._read_register = read_register
        self._guard = Guard(
            self._read,
            publish,
            settings.guard,
            retry_seconds=settings.kafka.retry_seconds,
            source=SOURCE,
        )
        self._tells_from = tells_from.timestamp() * 1000
        self._events: list[Event] = []

    async def judge(self, records: Sequence[Received]) -> list[Event]:
        """Return what the records say, in order. Raises ``Fatal`` if too much is unreadable."""
        self._events = []
        for record in records:
            await self._guard.run(record)
        if any(self._is_of_unknown_museum(event) for event in self._events):
            await self._read_register()
        return self._events

    async def _read(self, received: Received) -> None:
        event = read(received, self._rulebook)
        if isinstance(event, Judged) and received.timestamp < self._tells_from:
            event = replace(event, pages=False)
        if event is not None:
            self._events.append(event)

    def _is_of_unknown_museum(self, event: Event) -> bool:
        if not isinstance(event, Judged) or not event.alerts:
            return False
        return self._register.get(event.post.museum_id) is None
