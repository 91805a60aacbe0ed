"""What the pipeline is measured on: the real system on this machine, stand-ins for the receivers,
and processes beside it. It is driven from outside only: by files, topics and what arrives.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy

from benchmarks.load import REGISTER, Load, write_load
from benchmarks.timeline import Timeline
from demo.inbox import Inbox
from demo.slack import TOKEN, SlackStandIn
from demo.slack.arguments import read_metadata
from deploy.local.ports import HOST, free_port
from deploy.local.process import Process
from deploy.local.system import System
from schemas.topics import ENGAGEMENT, POSTS_ENRICHED, POSTS_RAW
from services.alerts.store.models import OffsetRow
from services.common.errors import Fatal
from services.ingest.register_file import read_register

INPUTS = (POSTS_RAW.name, ENGAGEMENT.name)
OUTPUT = POSTS_ENRICHED.name
_READY_SECONDS = 90.0
_PATIENCE_SECONDS = 300.0
_LOOK_SECONDS = 0.05


@dataclass
class Rig:
    """A running Kafka with topics and museums, and receivers; services run once started."""

    folder: Path
    system: System
    slack: SlackStandIn
    timeline: Timeline

    @asynccontextmanager
    async def running(self, name: str, *command: str, **more: str) -> AsyncIterator[Process]:
        """Run a Python module as a process for as long as this is open; ``more``: environment."""
        process = Process(
            name,
            [sys.executable, "-m", *command],
            log=self.folder / f"{name}.log",
            env={**self.system.environment, **more},
        )
        process.start()
        try:
            yield process
        finally:
            await process.stop()

    @asynccontextmanager
    async def service(self, name: str) -> AsyncIterator[Process]:
        """Run one service alone; enter when it is ready."""
        port = str(free_port())
        async with self.running(name, f"services.{name}", PASSAPAROLA_HTTP__PORT=port) as process:
            await process.wait_ready(f"http://{HOST}:{port}/readyz", _READY_SECONDS)
            yield process

    @asynccontextmanager
    async def replay(self, load: Load, speed: str) -> AsyncIterator[Process]:
        """Replay a load whose time is the system's."""
        path = write_load(load, self.folder)
        command = ("cli", "replay", str(path), "--clock", "--speed", speed)
        async with self.running(f"replay-{load.name}", *command) as process:
            yield process

    async def until(self, done: Callable[[], Awaitable[bool]], what: str, *work: Process) -> None:
        """Wait for something. Raises ``Died`` if a process ends badly, ``Fatal`` if it lasts."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not await done():
                    for process in work:
                        if process.returncode:
                            raise process.died()
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            raise Fatal(f"{what}: not so within {_PATIENCE_SECONDS:.0f} s") from None

    async def enriched(self, *work: Process) -> None:
        """Wait until enrich has acknowledged all that its inputs hold."""

        async def done() -> bool:
            return not await self.timeline.behind("enrich", await self.timeline.ends(*INPUTS))

        await self.until(done, "everything enriched", *work)

    async def ended(self, process: Process) -> None:
        """Wait for a process's good end. Raises ``Died`` otherwise."""

        async def done() -> bool:
            return process.returncode is not None

        await self.until(done, f"the end of {process.name}", process)

    async def told(self, load: Load, *work: Process) -> dict[str, float]:
        """Wait until all posts that must alert are in Slack; return when each first arrived."""
        wanted = set(load.alerting_after())
        arrived: dict[str, float] = {}
        read = 0

        async def done() -> bool:
            nonlocal read
            for call in self.slack.ledger[read:]:
                if call.method == "chat.postMessage" and call.accepted:
                    told = read_metadata(call.arguments.get("metadata"))["event_payload"]
                    arrived.setdefault(told["story_id"], call.arrived_at.timestamp())
            read = len(self.slack.ledger)
            return wanted <= arrived.keys()

        await self.until(done, f"{len(wanted)} notifications of {load.name}", *work)
        return arrived

    def judged(self) -> int:
        """How many records alerts has read and kept, over all partitions."""
        with self.database.connect() as connection:
            total = connection.scalar(sqlalchemy.select(sqlalchemy.func.sum(OffsetRow.next)))
        return int(total or 0)

    async def judged_up_to(self, records: int) -> None:
        """Wait until alerts has read and kept so many records."""

        async def done() -> bool:
            return self.judged() >= records

        await self.until(done, "everything judged")

    @cached_property
    def database(self) -> sqlalchemy.Engine:
        """The database of alerts, to look at."""
        path = self.system.data / "alerts.db"
        return sqlalchemy.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")


@asynccontextmanager
async def build_rig(folder: Path, say: Callable[[str], None]) -> AsyncIterator[Rig]:
    """Start Kafka and the receivers, create the topics and put the sample museums in force."""
    receivers = sorted({name for museum in read_register(REGISTER) for name in museum.receivers})
    async with (
        SlackStandIn(channels=receivers) as slack,
        Inbox(folder=folder / "mails") as inbox,
        System(folder / "system", _environment(slack, inbox, receivers), say) as system,
    ):
        await system.start_kafka()
        await system.apply_museums(REGISTER)
        async with Timeline(system.kafka) as timeline:
            yield Rig(folder, system, slack, timeline)


def _environment(slack: SlackStandIn, inbox: Inbox, receivers: list[str]) -> dict[str, str]:
    addresses = {
        name: {
            "slack": slack.workspace.channel(name, by_name=True).id,
            "email": f"{name}@museum.example",
        }
        for name in receivers
    }
    return {
        "PASSAPAROLA_CONNECTORS": "[]",
        "PASSAPAROLA_TICKS": "replay",
        "PASSAPAROLA_ALERTS__CLOCK": "ticks",
        "PASSAPAROLA_ALERTS__RECEIVERS": json.dumps(addresses),
        "PASSAPAROLA_SLACK__TOKEN": TOKEN,
        "PASSAPAROLA_SLACK__BASE_URL": slack.base_url,
        "PASSAPAROLA_SMTP__HOST": inbox.host,
        "PASSAPAROLA_SMTP__PORT": str(inbox.port),
        "PASSAPAROLA_SMTP__SECURITY": "none",
    }
