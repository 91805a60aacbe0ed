"""The register of museums, followed; a change makes a new matcher without a restart."""

from __future__ import annotations

import asyncio

import structlog

from schemas import Museum, decode
from services.common.records import Received

from .matching import Matcher
from .metrics import MUSEUMS, UNREADABLE_RECORDS

log = structlog.get_logger(__name__)

_DEBOUNCE_SECONDS = 0.2


class Register:
    """Serves the matcher of the museums known now. A museum that cannot be read stays as it was."""

    def __init__(self) -> None:
        self._museums: dict[str, Museum] = {}
        self._matcher = Matcher(())
        self._changed = asyncio.Event()

    @property
    def current(self) -> Matcher:
        """The matcher to use now."""
        return self._matcher

    def apply(self, received: Received) -> None:
        """Take over a record of topic ``museums``; ``rebuild`` puts it in force."""
        key = (received.key or b"").decode("utf-8", "replace")
        if received.value is None:
            self._museums.pop(key, None)
        else:
            try:
                self._museums[key] = decode(Museum, received.value)
            except ValueError as error:
                UNREADABLE_RECORDS.labels(received.topic).inc()
                log.warning("museum_unreadable", museum_id=key, detail=str(error))
                return
        self._changed.set()

    def rebuild(self) -> None:
        """Put what has been taken over in force at once."""
        self._changed.clear()
        self._matcher = Matcher(self._museums.values())
        MUSEUMS.set(len(self._museums))
        log.info("register_loaded", museums=len(self._museums))

    async def run(self) -> None:
        """Rebuild after each change, once for those that come together, until cancelled."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(_DEBOUNCE_SECONDS)
            self.rebuild()
