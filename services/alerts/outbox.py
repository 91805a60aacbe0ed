"""The outbox: takes notifications that are due from the database and has them delivered.

A few at a time, one in flight per incident and receiver, none on a channel that asks to wait.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from services.common.clock import Clock
from services.common.errors import Retryable

from .delivery import Delivery
from .routing import Routing
from .settings import OutboxSettings
from .store import notifications
from .store.database import Database
from .store.notifications import Claim

log = structlog.get_logger(__name__)

_IDLE_SECONDS = 1.0


class Outbox:
    """Runs until it is told to stop; calls under way are ended first."""

    def __init__(
        self,
        database: Database,
        routing: Routing,
        delivery: Delivery,
        settings: OutboxSettings,
        clock: Clock,
    ) -> None:
        self._database = database
        self._routing = routing
        self._delivery = delivery
        self._settings = settings
        self._clock = clock
        self._held: dict[str, datetime] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that something new may wait."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until stopped."""
        await self._try_blocked()
        free = asyncio.Semaphore(self._settings.senders)
        async with asyncio.TaskGroup() as senders:
            while not stop.is_set():
                await free.acquire()
                self._woken.clear()
                claim = await self._claim()
                if claim is None:
                    free.release()
                    await self._wait(stop)
                    continue
                sending = senders.create_task(self.deliver(claim))
                sending.add_done_callback(lambda _: free.release())

    async def claim(self) -> Claim | None:
        """Claim the notification that has waited longest, if any is due."""
        now = self._clock.now()
        self._held = {channel: until for channel, until in self._held.items() if until > now}
        async with self._database.transaction() as session:
            return await notifications.claim(
                session,
                now,
                self._settings.lease_seconds,
                self._routing.address,
                tuple(self._held),
            )

    async def deliver(self, claim: Claim) -> None:
        """Deliver what was claimed, and leave its channel alone where it asks to wait."""
        wait = await self._delivery.deliver(claim)
        if wait is not None:
            self._held[claim.channel] = self._clock.now() + timedelta(seconds=wait)
        self.wake()

    async def _claim(self) -> Claim | None:
        try:
            return await self.claim()
        except Retryable as error:
            log.warning("outbox_delayed", error=str(error))
            return None

    async def _try_blocked(self) -> None:
        """A start is often the mending: what was blocked is tried at once."""
        try:
            async with self._database.transaction() as session:
                await notifications.unblock(session, self._clock.now())
        except Retryable as error:
            log.warning("outbox_delayed", error=str(error))

    async def _wait(self, stop: asyncio.Event) -> None:
        events = [asyncio.ensure_future(event.wait()) for event in (self._woken, stop)]
        await asyncio.wait(events, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for event in events:
            event.cancel()
