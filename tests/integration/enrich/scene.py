"""One test's scene: empty topics, a group of its own, its workers, and a way to write and read."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from deploy.local.kafka import Kafka
from schemas.topics import ENGAGEMENT, POSTS_ENRICHED, POSTS_RAW
from services.common.publisher import Publisher
from services.common.records import Received, Record
from services.common.settings import KafkaSettings
from tests.integration.enrich.workers import Worker
from tests.support.events import tick_records
from tests.support.ledger import Ledger
from tests.support.observer import backlog, read
from tests.support.undisturbed import (
    COMPARED,
    State,
    state,
    undisturbed,
    unlike,
    without_learned,
)
from tests.support.waiting import until_complete

PARTITIONS = 4
INPUTS = (POSTS_RAW.name, ENGAGEMENT.name, POSTS_ENRICHED.name)
SOAK = bool(os.environ.get("PASSAPAROLA_SOAK"))
"""Longer runs, as ``make soak`` asks for them."""


def seeded() -> random.Random:
    """Chance with its seed printed; ``PASSAPAROLA_SEED`` repeats a run's input and choices."""
    seed = int(os.environ.get("PASSAPAROLA_SEED") or random.SystemRandom().randrange(10**6))
    print(f"PASSAPAROLA_SEED={seed}")
    return random.Random(seed)


class Scene:
    """Everything that a test of enrich does from outside."""

    def __init__(
        self, kafka: Kafka, settings: KafkaSettings, publisher: Publisher, folder: Path
    ) -> None:
        self.kafka = kafka
        self.settings = settings
        self._publisher = publisher
        self.folder = folder
        self.group = f"enrich-{uuid.uuid4().hex[:8]}"
        self.workers: list[Worker] = []

    def worker(
        self,
        run: tuple[str, ...] = ("services.enrich",),
        env: Mapping[str, str] | None = None,
    ) -> Worker:
        """Start one more worker."""
        worker = Worker(
            f"worker-{len(self.workers)}",
            self.settings.bootstrap,
            self.group,
            self.folder,
            partitions=PARTITIONS,
            run=run,
            env=env,
        )
        self.workers.append(worker)
        worker.start()
        return worker

    async def write(self, records: Sequence[Record]) -> None:
        """Produce records in order; while the broker is away this waits."""
        await self._publisher.publish(records)

    async def read(self, *topics: str) -> list[Received]:
        """All that topics hold now."""
        return await read(self.settings.bootstrap, *topics)

    async def handled(self, within: float = 200) -> None:
        """Wait until the group has committed everything that its inputs hold."""

        async def lack() -> str | None:
            left = await backlog(self.settings.bootstrap, self.group, *INPUTS)
            return f"records not committed by {self.group}: {left}" if left else None

        await until_complete(lack, within, every=0.5)

    async def until(
        self,
        topic: str,
        lack: Callable[[list[Received]], str | None],
        within: float = 30,
    ) -> list[Received]:
        """Read a topic again and again until nothing is missing; return what it then holds."""
        held: list[Received] = []

        async def look() -> str | None:
            held[:] = await self.read(topic)
            return lack(held)

        await until_complete(look, within, every=0.3)
        return held

    async def state(self) -> State:
        """The last values of what enrich writes."""
        return state(await self.read(*(topic.name for topic in COMPARED)))

    async def ends_undisturbed(self, ledger: Ledger, within: float = 60) -> None:
        """Assert that a ledger comes out as if nothing had happened.

        Its last ticks are repeated, as live ones go on: after a rebalance time is unknown. What
        museums learned of their usual is left to tests without a backlog.
        """
        expected = without_learned(await undisturbed(ledger, PARTITIONS))

        async def difference() -> str | None:
            await self.write(tick_records(ledger.end, PARTITIONS))
            await self.handled()
            return unlike(expected, without_learned(await self.state()))

        await until_complete(difference, within)

    def close(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.kill()


def keys(records: Iterable[Received]) -> list[str]:
    """Keys as text, in order."""
    return [(record.key or b"").decode() for record in records]
