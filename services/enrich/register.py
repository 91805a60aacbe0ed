"""Which museums are known, as followed on topic ``museums``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from schemas import Museum, decode
from services.common.records import Received

from .metrics import UNKNOWN_MUSEUM
from .unusual.calendar import Calendar

log = structlog.get_logger(__name__)


class Register:
    """The museums known now; ``read_present_end`` waits for what is not read yet."""

    def __init__(self) -> None:
        self._known: dict[str, Museum | None] = {}
        self._calendars: dict[str, Calendar] = {}
        self.read_present_end: Callable[[], Awaitable[None]] | None = None

    def apply(self, received: Received) -> None:
        """Take one record of the register; what cannot be read still says that there is one."""
        museum_id = (received.key or b"").decode("utf-8", "replace")
        self._calendars.pop(museum_id, None)
        if received.value is None:
            self._known.pop(museum_id, None)
            return
        try:
            self._known[museum_id] = decode(Museum, received.value)
        except ValueError:
            log.warning("museum_unreadable", museum_id=museum_id)
            self._known[museum_id] = None

    def __contains__(self, museum_id: object) -> bool:
        return museum_id in self._known

    def calendar(self, museum_id: str) -> Calendar:
        """Return a museum's own time; of one that is not known, UTC without any closed day."""
        found = self._calendars.get(museum_id)
        if found is None:
            museum = self._known.get(museum_id)
            found = Calendar() if museum is None else Calendar.of(museum)
            self._calendars[museum_id] = found
        return found

    async def known(self, museum_ids: tuple[str, ...]) -> set[str]:
        """Return those that are known, after a look at the register's present end if need be."""
        unknown = set(museum_ids) - self._known.keys()
        if unknown and self.read_present_end is not None:
            await self.read_present_end()
            unknown -= self._known.keys()
        UNKNOWN_MUSEUM.inc(len(unknown))
        return set(museum_ids) - unknown
