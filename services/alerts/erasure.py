"""Erases the text of old incidents, and sees to it that no erased text lingers in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.common.clock import Clock

from .metrics import TEXTS_ERASED
from .store import incidents
from .store.database import Database

TEXT_KEPT = timedelta(days=30)
"""How long the text of an incident's posts is kept after its last change."""
_EVERY = timedelta(hours=1)
_WIPES = 2
"""Wipes after an erasure: PostgreSQL keeps an old row that a transaction may still see, so that
what was erased in the very moment of a wipe goes with the next one."""


class Erasure:
    """Runs between batches. ``clock`` is that of alerts, which may be the ticks'."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at: datetime | None = None
        self._owed = _WIPES  # an earlier process may have died before it wiped
        self._wiped_at: datetime | None = None

    def erased(self, posts: int) -> None:
        """Note that texts were erased or exchanged by a removal or an edit."""
        if posts:
            TEXTS_ERASED.labels("removed").inc(posts)
            self.owe()

    def owe(self) -> None:
        """Wipe once more: a transaction may have erased texts though we did not hear its end."""
        self._owed = _WIPES

    async def run(self) -> None:
        """Do what is due."""
        now = self._clock.now()
        if self._looked_at is None or now - self._looked_at >= _EVERY:
            async with self._database.transaction() as session:
                old = await incidents.erase_texts(session, now - TEXT_KEPT)
            self._looked_at = now
            if old:
                TEXTS_ERASED.labels("old").inc(old)
                self._owed = _WIPES
        if self._owed and (
            self._wiped_at is None or now - self._wiped_at >= self._database.wipe_pause
        ):
            self._wiped_at = now
            self._owed -= await self._database.wipe()
