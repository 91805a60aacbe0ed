"""A museum's day while everything is killed: each service, the replay that feeds it, the broker.

Whatever dies when, every expected notification arrives, none twice in Slack, a mail again only
under its Message-ID, and the enriched posts end as in a run that nothing disturbed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from random import Random, SystemRandom

import pytest

from demo.day import DATE, MUSEUMS, POSTS, Day, compose, write_day
from demo.inbox import Inbox
from demo.play import settings_for, verdict_of
from demo.receivers import receivers_of
from demo.slack import SlackStandIn
from deploy.local.kafka import Kafka
from deploy.local.ports import free_port
from deploy.local.process import Process
from schemas.topics import POSTS_ENRICHED
from services.alerts.store.migrate import migrate
from services.common.clock import WallClock
from services.common.settings import KafkaSettings
from services.common.topics import create_topics
from services.ingest.register_file import apply_register, read_register
from tests import eventually
from tests.e2e.in_memory import play_in_memory
from tests.support.observer import compacted, differences, read

SPEED = 1_500
KILLS_EACH = 3
PARTITIONS = 4
WORKERS = {"ingest": "ingest", "enrich-1": "enrich", "enrich-2": "enrich", "alerts": "alerts"}
QUIET_SECONDS = (0.5, 2.0)


class Rig:
    """Kafka, two enrich workers, one ingest, one alerts and a replay; what dies comes back."""

    def __init__(self, folder: Path, kafka: Kafka, environment: dict[str, str]) -> None:
        self.kafka = kafka
        self.processes = {
            name: Process(
                name,
                [sys.executable, "-m", f"services.{service}"],
                log=folder / f"{name}.log",
                env=environment | {"PASSAPAROLA_HTTP__PORT": str(free_port())},
            )
            for name, service in WORKERS.items()
        }
        self.processes["replay"] = Process(
            "replay",
            [
                *(sys.executable, "-m", "cli", "replay", str(folder / POSTS)),
                *("--clock", "--speed", str(SPEED)),
            ],
            log=folder / "replay.log",
            env=environment,
        )

    @property
    def played(self) -> bool:
        return self.processes["replay"].returncode == 0

    async def keep_alive(self) -> None:
        for process in self.processes.values():
            process.start()
        while True:
            for name, process in self.processes.items():
                if not process.running and not (name == "replay" and self.played):
                    process.start()
            await asyncio.sleep(0.2)

    async def kill(self, name: str) -> None:
        if name == "kafka":
            self.kafka.kill()
            await self.kafka.start()
        elif not (name == "replay" and self.played):
            self.processes[name].kill()

    async def stop(self) -> None:
        await asyncio.gather(*(process.stop() for process in self.processes.values()))


@asynccontextmanager
async def running(rig: Rig) -> AsyncIterator[None]:
    keeping = asyncio.create_task(rig.keep_alive())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await rig.stop()


def unstruck(day: Day) -> Day:
    """The same day, but what is alerted stays: a removal that comes first would rightly win."""
    alerted = [fact.story_id.encode() for fact in day.truth.struck]

    def strikes(line: bytes) -> bool:
        return b'"removal"' in line and any(story in line for story in alerted)

    lines = [line for line in day.posts.splitlines(keepends=True) if not strikes(line)]
    truth = day.truth.model_copy(update={"struck": (), "lines": {}})
    return Day(b"".join(lines), day.register, day.museums, truth)


async def enriched(kafka: Kafka) -> dict[str, dict[str, object]]:
    return said(compacted(await read(kafka.bootstrap, POSTS_ENRICHED.name)))


def said(values: dict[str, bytes]) -> dict[str, dict[str, object]]:
    quiet = {"revision", "reason"}
    return {
        key: {name: value for name, value in json.loads(raw).items() if name not in quiet}
        for key, raw in values.items()
    }


def unsettled(database: Path) -> int:
    """Notifications whose last word is not spoken."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        [(count,)] = connection.execute(
            "select count(*) from notifications where state not in ('sent', 'cancelled')"
        )
    return int(count)


@pytest.mark.timeout(600)
async def test_nothing_is_lost_and_nothing_doubled_whatever_is_killed(tmp_path: Path) -> None:
    seed = int(os.environ.get("PASSAPAROLA_SEED") or SystemRandom().randrange(10_000))
    print(f"PASSAPAROLA_SEED={seed}")
    random = Random(seed)
    day = unstruck(compose(seed, DATE))
    undisturbed = await play_in_memory(day, tmp_path / "undisturbed", PARTITIONS)
    expected = said(compacted(undisturbed.kafka.all[POSTS_ENRICHED.name]))
    folder = tmp_path / "killed"
    write_day(day, folder)
    async with (
        SlackStandIn(channels=receivers_of(day), ledger=folder / "slack.jsonl") as slack,
        Inbox(folder=folder / "mails", ledger=folder / "mails.jsonl") as inbox,
        Kafka(folder / "kafka") as kafka,
    ):
        settings = KafkaSettings(bootstrap=kafka.bootstrap, partitions=PARTITIONS)
        await create_topics(settings)
        await apply_register(settings, read_register(folder / MUSEUMS), WallClock())
        database = f"sqlite:///{folder / 'alerts.db'}"
        await asyncio.to_thread(migrate, database)
        environment = settings_for(day, slack, inbox) | {
            "PASSAPAROLA_KAFKA__BOOTSTRAP": kafka.bootstrap,
            "PASSAPAROLA_KAFKA__PARTITIONS": str(PARTITIONS),
            "PASSAPAROLA_KAFKA__SESSION_SECONDS": "6",
            "PASSAPAROLA_DATABASE__URL": database,
            "PASSAPAROLA_OUTBOX__LEASE_SECONDS": "8",
            "PASSAPAROLA_OUTBOX__CALL_SECONDS": "4",
            "PASSAPAROLA_OUTBOX__SETTLE_SECONDS": "1",
        }
        rig = Rig(folder, kafka, environment)
        targets = [*rig.processes, "kafka"] * KILLS_EACH
        random.shuffle(targets)
        async with running(rig):
            await eventually((folder / "replay.log").exists, within=60)
            for target in targets:
                await asyncio.sleep(random.uniform(*QUIET_SECONDS))
                await rig.kill(target)
            await eventually(lambda: rig.played, within=240)

            async def unlike() -> list[str]:
                return differences(expected, await enriched(kafka))

            async def alike() -> bool:
                return not await unlike()

            def as_judged() -> bool:
                return verdict_of(day, folder, folder / "mails").passed

            with suppress(AssertionError):
                await eventually(alike, within=60, every=1)
            assert await unlike() == []
            with suppress(AssertionError):
                await eventually(as_judged, within=60, every=0.5)
            assert verdict_of(day, folder, folder / "mails").findings == ()
            # What must not come has had its time once nothing waits or is in doubt.
            await eventually(lambda: not unsettled(folder / "alerts.db"), within=60, every=0.5)
        verdict = verdict_of(day, folder, folder / "mails")
    assert verdict.findings == ()
    assert verdict.sent == verdict.expected > 0
