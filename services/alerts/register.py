"""The museums as the topic of that name has them: names, time zones, receivers."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from schemas import Museum, decode
from services.common.metrics import HANDLED
from services.common.records import Received

log = structlog.get_logger(__name__)


class Register:
    """Holds the museums by id; ``apply`` is what a ``Follower`` calls. It never raises."""

    def __init__(self, changed: Callable[[Museum], None] = lambda _: None) -> None:
        self._museums: dict[str, Museum] = {}
        self._changed = changed

    def get(self, museum_id: str) -> Museum | None:
        """Return a museum, if it is known."""
        return self._museums.get(museum_id)

    def __len__(self) -> int:
        return len(self._museums)

    def apply(self, received: Received) -> None:
        """Take in a record; one that cannot be read is counted, and the museum stays as it was."""
        try:
            key = (received.key or b"").decode()
            museum = None if received.value is None else decode(Museum, received.value)
        except ValueError as error:
            HANDLED.labels(received.topic, "unreadable").inc()
            log.warning("museum_unreadable", offset=received.offset, detail=str(error))
            return
        if museum is None:
            self._museums.pop(key, None)
        else:
            self._museums[museum.museum_id] = museum
            self._changed(museum)
