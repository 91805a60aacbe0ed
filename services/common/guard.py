"""The guard around every handler of Kafka's records: nothing is lost, nothing stops the line.

A record is handled; a passing fault is tried again in place while its partition waits; a record
that can never be handled goes byte for byte to the dead letters with its reason. If too much
cannot be handled, the fault is ours: the process ends before anything more is acknowledged.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from enum import StrEnum

import structlog

from schemas.topics import BY_NAME, MAX_DEAD_LETTER_BYTES, Topic

from .errors import Fatal, Poison, Retryable
from .logging import frames_of
from .metrics import DEAD_LETTERS, HANDLED, RETRIES
from .publisher import PublishRecords
from .records import Received, Record
from .settings import GuardSettings

log = structlog.get_logger(__name__)

Handle = Callable[[Received], Awaitable[None]]
"""Handles one record to its end; raises ``Retryable``, ``Poison`` or ``Fatal``."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_REASON_CHARS = 500


class Outcome(StrEnum):
    """What became of a record."""

    DONE = "done"
    PARKED = "parked"


class DeadLetterLimit:
    """Tells when so much is parked that the fault must be ours."""

    def __init__(self, settings: GuardSettings) -> None:
        self._settings = settings
        self._recent: deque[bool] = deque(maxlen=settings.window)
        self._authors: deque[str] = deque(maxlen=settings.window)
        self._consecutive = 0

    def count(self, parked: bool, author: str | None = None) -> None:
        """Count one record. Raises ``Fatal`` over the limit.

        ``author``: a stranger who wrote it, where it is one; all that one of them has parked counts
        once, for a fault of ours meets many, and nobody may stop us alone.
        """
        if parked and author is not None:
            if author in self._authors:
                return
            self._authors.append(author)
        self._recent.append(parked)
        self._consecutive = self._consecutive + 1 if parked else 0
        share = sum(self._recent) / len(self._recent)
        full = len(self._recent) == self._settings.window
        if self._consecutive >= self._settings.max_consecutive or (
            full and share > self._settings.max_share
        ):
            raise Fatal(
                f"{sum(self._recent)} of the last {len(self._recent)} records could not be handled "
                f"({self._consecutive} in a row): the fault is more likely ours than theirs. "
                "See the reasons with `passaparola dlq show`, mend it, start again."
            )


class Guard:
    """Runs handlers under the rules above. One guard a service and kind of input."""

    def __init__(
        self,
        handle: Handle,
        publish: PublishRecords,
        settings: GuardSettings,
        *,
        retry_seconds: float,
        source: str,
    ) -> None:
        self._handle = handle
        self._publish = publish
        self._limit = DeadLetterLimit(settings)
        self._retry_seconds = retry_seconds
        self._source = source

    async def run(self, received: Received) -> Outcome:
        """Handle one record or park it. After ``Fatal`` nothing may be acknowledged."""
        try:
            await self._with_retries(received)
        except Poison as error:
            await self._park(received, error.reason, error)
        except (Fatal, asyncio.CancelledError):
            raise
        except Exception as error:
            log.error(
                "handler_failed",
                topic=received.topic,
                partition=received.partition,
                offset=received.offset,
                error=type(error).__name__,
                frames=frames_of(error),
            )
            await self._park(received, "unexpected", error)
        else:
            HANDLED.labels(received.topic, Outcome.DONE).inc()
            self._limit.count(parked=False)
            return Outcome.DONE
        return Outcome.PARKED

    async def _with_retries(self, received: Received) -> None:
        deadline = time.monotonic() + self._retry_seconds
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._handle(received)
            except Retryable as error:
                wait = pause if error.retry_after is None else error.retry_after
                if time.monotonic() + wait > deadline:
                    raise Fatal(
                        f"still failing after {self._retry_seconds:.0f} s: {error}"
                    ) from error
                RETRIES.labels(received.topic).inc()
                await asyncio.sleep(wait)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _park(self, received: Received, reason: str, error: Exception) -> None:
        await self._publish([dead_letter(received, reason, error, self._source)])
        DEAD_LETTERS.labels(received.topic, reason).inc()
        HANDLED.labels(received.topic, Outcome.PARKED).inc()
        log.warning(
            "record_parked",
            topic=received.topic,
            partition=received.partition,
            offset=received.offset,
            reason=reason,
            error=type(error).__name__,
        )
        self._limit.count(parked=True)


def dead_letter(received: Received, reason: str, error: Exception, source: str) -> Record:
    """Return the dead letter of a record: its bytes and headers, its place, and why it is here.

    Of more than 2 MiB the beginning is kept, and ``dlq_cut_from`` says how long it was.
    """
    place = {
        "dlq_reason": reason,
        "dlq_exception": type(error).__name__,
        # Messages of ValueError from the codec name fields, never contents.
        "dlq_message": str(error)[:_REASON_CHARS] if isinstance(error, Poison) else "",
        "dlq_topic": received.topic,
        "dlq_partition": str(received.partition),
        "dlq_offset": str(received.offset),
        "dlq_source": source,
    }
    value = received.value
    if value is not None and len(value) > MAX_DEAD_LETTER_BYTES:
        # Brokers measure what was compressed; whole, it would stop the line for ever.
        place["dlq_cut_from"] = str(len(value))
        value = value[:MAX_DEAD_LETTER_BYTES]
    # Kafka's clients refuse a record with neither key nor value, which others may have written.
    key = b"" if received.key is None and received.value is None else received.key
    return Record(
        dead_letter_topic(received.topic),
        None,
        value,
        (
            *received.headers.items(),
            *((name, text.encode()) for name, text in place.items()),
        ),
        partition=received.partition,
        raw_key=key,
    )


def dead_letter_topic(topic: str) -> Topic:
    """Return where a topic's unreadable records go. Raises ``Fatal`` where the table has none."""
    known = BY_NAME.get(topic)
    found = None if known is None else BY_NAME.get(known.dead_letters)
    if found is None:
        raise Fatal(f"no dead letters are kept for topic {topic}")
    return found
