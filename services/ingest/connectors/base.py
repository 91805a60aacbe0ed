"""What a connector is, and how one is run: for ever, on its own, again after each failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from random import Random
from typing import Protocol

import structlog

from services.common.clock import Clock
from services.common.errors import Fatal, Retryable
from services.common.health import Health
from services.common.logging import frames_of
from services.ingest.cursors import Cursors
from services.ingest.decisions import Matches
from services.ingest.metrics import CONNECTED, FAILURES
from services.ingest.observations import Batch
from services.ingest.pipeline import Pipeline
from services.ingest.refresh import Counts
from services.ingest.tracked import TrackedPosts

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Context:
    """What a connector may ask: where it stood, museums, tracked posts, the time, and chance."""

    cursors: Cursors
    register: Matches
    tracked: TrackedPosts
    clock: Clock
    random: Random


class Connector(Protocol):
    """One source."""

    @property
    def name(self) -> str:
        """Its name in settings, cursors, logs and metrics."""
        ...

    @property
    def counts(self) -> Counts | None:
        """What asks for its posts' counters again, if they can be asked for."""
        ...

    def observe(self, context: Context) -> AsyncGenerator[Batch, None]:
        """Connect, go on from the cursor, and yield batches until the connection breaks.

        Asked for the next batch, it may rely on the last one being on Kafka. Whatever it raises
        but ``Fatal`` makes it start again after a pause; ``Retryable`` may say how long.
        """
        ...


def pause(failures: int, random: Random) -> float:
    """Return seconds to wait after so many failures in a row: full jitter, 1 to 60 s."""
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))
    return random.uniform(FIRST_PAUSE, max(FIRST_PAUSE, longest))


async def supervise(
    connector: Connector,
    context: Context,
    pipeline: Pipeline,
    health: Health,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Run a connector until cancelled. Its failures show in ``/readyz`` and touch no other.

    Raises ``Fatal`` where the pipeline does.
    """
    name = connector.name
    failures = 0
    while True:
        wait = None
        try:
            async with aclosing(connector.observe(context)) as batches:
                async for batch in batches:
                    await pipeline.handle(name, batch.observations)
                    if batch.cursor is not None:
                        await context.cursors.write(batch.cursor)
                    if batch.observations or batch.cursor is not None:
                        failures = 0
                    CONNECTED.labels(name).set(1)
                    health.note(name, None)
            why = "the source ended"
        except Fatal:
            raise
        except Retryable as error:
            why, wait = str(error), error.retry_after
        except Exception as error:
            log.error(
                "connector_failed",
                connector=name,
                error=type(error).__name__,
                frames=frames_of(error),
            )
            why = type(error).__name__
        failures += 1
        CONNECTED.labels(name).set(0)
        FAILURES.labels(name).inc()
        wait = pause(failures, context.random) if wait is None else wait
        health.note(name, f"{why}; failed {failures} times, trying again")
        log.warning("connector_restarts", connector=name, why=why, seconds=round(wait, 1))
        await sleep(wait)
