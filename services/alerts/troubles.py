"""Shows what is not delivered and why: notes in ``/readyz`` and metrics. It mends nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from services.common.clock import Clock
from services.common.errors import Retryable
from services.common.health import Health

from .metrics import UNDELIVERED, WAITING
from .store import notifications
from .store.database import Database
from .store.notifications import State

_EVERY_SECONDS = 5.0
_FAILED_SHOWN = timedelta(days=7)
_BAD = (State.BLOCKED, State.FAILED)


class Troubles:
    """Looks every few seconds; what is mended disappears by itself."""

    def __init__(self, database: Database, health: Health, clock: Clock) -> None:
        self._database = database
        self._health = health
        self._clock = clock
        self._notes: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Look until stopped."""
        while not stop.is_set():
            await self.look()
            try:
                await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Bring notes and metrics up to date; a database that is away is told as not ready."""
        try:
            async with self._database.transaction() as session:
                found = await notifications.troubles(session, self._clock.now() - _FAILED_SHOWN)
        except Retryable as error:
            self._health.not_ready("database", str(error))
            return
        self._health.ready("database")
        UNDELIVERED.clear()
        WAITING.clear()
        notes: dict[str, list[str]] = {}
        for trouble in found:
            if trouble.state not in _BAD:
                WAITING.labels(trouble.channel).inc(trouble.count)
                continue
            UNDELIVERED.labels(trouble.channel, trouble.reason).inc(trouble.count)
            notes.setdefault(f"{trouble.channel} of receiver {trouble.receiver}", []).append(
                f"{trouble.count} notification(s) {trouble.state}: {trouble.reason}"
            )
        for part in self._notes - set(notes):
            self._health.note(part, None)
        for part, whats in notes.items():
            self._health.note(part, "; ".join(sorted(whats)))
        self._notes = set(notes)
