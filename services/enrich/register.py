"""Which museums are known, as followed on topic ``museums``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.common.records import Received

from .metrics import UNKNOWN_MUSEUM


class Register:
    """The ids of the museums known now; ``read_present_end`` waits for what is not read yet."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.read_present_end: Callable[[], Awaitable[None]] | None = None

    def apply(self, received: Received) -> None:
        """Take one record of the register."""
        museum_id = (received.key or b"").decode("utf-8", "replace")
        if received.value is None:
            self._known.discard(museum_id)
        else:
            self._known.add(museum_id)

    async def known(self, museum_ids: tuple[str, ...]) -> set[str]:
        """Return those that are known, after a look at the register's present end if need be."""
        unknown = set(museum_ids) - self._known
        if unknown and self.read_present_end is not None:
            await self.read_present_end()
            unknown -= self._known
        UNKNOWN_MUSEUM.inc(len(unknown))
        return set(museum_ids) - unknown
