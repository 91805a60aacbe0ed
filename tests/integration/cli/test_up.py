"""``passaparola up`` from the outside: a real Kafka, three services, and a local Bluesky."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from demo.jetstream import Jetstream
from deploy.local.system import SERVICES, System
from schemas import EnrichedPost, decode
from services.common.errors import Fatal
from services.common.settings import KafkaSettings
from tests.integration.cli.reading import compacted, read
from tests.integration.cli.waiting import until
from tests.unit.cli.command import environment
from tests.unit.services.ingest.frames import START_US, commit, uri

LISTENING = "listening; Ctrl-C stops"
PATIENCE = 150
"""Seconds for a start on a machine that has other things to do."""

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.usefixtures("kafka"),  # it says so where there is none
]


@dataclass
class Up:
    """One run of the command."""

    process: asyncio.subprocess.Process
    log: Path
    data: Path

    @property
    def said(self) -> list[str]:
        return self.log.read_text().splitlines()

    async def says(self, text: str, times: int = 1) -> None:
        async def said() -> bool:
            if self.process.returncode is not None:
                pytest.fail(f"ended with {self.process.returncode}: {self.log.read_text()}")
            return self.log.read_text().count(text) >= times

        await until(said, f"up says {text!r}", within=PATIENCE)

    async def ended(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    @property
    def kafka(self) -> KafkaSettings:
        (found,) = re.findall(r"export PASSAPAROLA_KAFKA__BOOTSTRAP=(\S+)", self.log.read_text())
        return KafkaSettings(bootstrap=found)

    def children(self) -> dict[str, psutil.Process]:
        """The services and the broker by name, those that live."""
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                words = child.cmdline()
            except psutil.NoSuchProcess:  # a zombie is one too
                continue
            found[words[-1].removeprefix("services.") if "-m" in words else "kafka"] = child
        return found

    async def ready(self) -> dict[str, int]:
        """The status of each service's ``/readyz``; 0 where nothing answers."""
        urls = dict(re.findall(r"(\w+) is ready: (\S+/readyz)", self.log.read_text()))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(2)) as session:
            return {name: await status(session, url) for name, url in urls.items()}

    async def enriched(self) -> dict[str, EnrichedPost]:
        found = compacted(await read(self.kafka, "posts.enriched"))
        return {key: decode(EnrichedPost, value) for key, value in found.items() if value}

    async def comes_out(self, post_id: str) -> None:
        async def out() -> bool:
            return f"louvre/{post_id}" in await self.enriched()

        await until(out, f"{post_id} on posts.enriched", within=PATIENCE)


async def status(session: aiohttp.ClientSession, url: str) -> int:
    try:
        async with session.get(url) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


Start = Callable[[], Awaitable[Up]]


@pytest.fixture
async def bluesky() -> AsyncIterator[tuple[Jetstream, str]]:
    server = Jetstream()
    async with server.serve() as address:
        yield server, address


@asynccontextmanager
async def up(folder: Path, address: str, **settings: str) -> AsyncIterator[Up]:
    """``passaparola up`` in a folder with a register; what is left of it is killed, and a fault."""
    (folder / "museums.yaml").write_text(
        "museums: [{museum_id: louvre, name: Louvre, timezone: Europe/Paris,"
        " hashtags: [{raw: Louvre}], receivers: [press]}]"
    )
    # A path that settings give is one from where the user stands.
    (folder / "receivers.yaml").write_text("receivers: {press: {email: press@museum.example}}")
    log = folder / "up.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "up", "--data", "state"),
            cwd=folder,
            env=environment(
                PASSAPAROLA_BLUESKY__JETSTREAM=json.dumps([address]),
                PASSAPAROLA_BLUESKY__APPVIEW="http://127.0.0.1:9",
                PASSAPAROLA_BLUESKY__CURSOR_SECONDS="0.1",
                PASSAPAROLA_ALERTS__RECEIVERS_FILE="receivers.yaml",
                PASSAPAROLA_KAFKA__SESSION_SECONDS="6",
                **settings,
            ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield Up(process, log, folder / "state")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        left = belonging_to(folder)
        for found in left:
            found.kill()
        assert left == []


def belonging_to(folder: Path) -> list[psutil.Process]:
    """Processes that run in a folder, or were told of it, and still live."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            told = [process.cwd(), *process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(folder) in text for text in told):
            found.append(process)
    return found


def now_s() -> float:
    """Seconds between the frames' start and now."""
    return time.time() - START_US / 1_000_000


async def test_it_listens_repairs_itself_stops_and_goes_on(
    bluesky: tuple[Jetstream, str], tmp_path: Path
) -> None:
    stream, address = bluesky

    def say(key: str) -> str:
        stream.push(commit(key, f"{key} at the #Louvre", at=now_s()))
        return f"bluesky:{uri(key)}"

    async with up(tmp_path, address) as system:
        await system.says(LISTENING)
        assert await system.ready() == dict.fromkeys(SERVICES, 200)

        async def connected() -> bool:
            return bool(stream.requests)

        await until(connected, "ingest listens to Bluesky")
        first = say("first")
        await system.comes_out(first)

        before = system.children()
        assert before.keys() == {"kafka", *SERVICES}
        for name in SERVICES:
            before[name].kill()
        for name in SERVICES:
            await system.says(f"{name} ended with status -9, its log is {system.data / name}.log")

        async def repaired() -> bool:
            there = system.children()
            fresh = {n for n in SERVICES if n in there and there[n].pid != before[n].pid}
            return fresh == set(SERVICES) and set((await system.ready()).values()) == {200}

        await until(repaired, "all services are there again", within=PATIENCE)
        second = say("second")
        await system.comes_out(second)

        system.process.send_signal(signal.SIGINT)
        assert await system.ended() == 0
        assert system.said[-1] == f"stopped; the state is in {system.data}"
        assert belonging_to(tmp_path) == []

    third = say("third")  # while nobody listens
    async with up(tmp_path, address) as system:
        await system.says(LISTENING)
        await system.comes_out(third)
        assert "cursor=" in stream.requests[-1]
        found = {post.post_id for post in (await system.enriched()).values()}
        assert found == {first, second, third}

        # Without its broker nothing can be promised: it ends and says so.
        system.children()["kafka"].kill()
        assert await system.ended() == 1
        assert system.said[-1].startswith("error: Kafka died; its log is ")


@pytest.mark.parametrize("stage", ["starting Kafka", "waiting for ingest"])
async def test_ctrl_c_while_it_starts_leaves_nothing(
    stage: str, bluesky: tuple[Jetstream, str], tmp_path: Path
) -> None:
    async with up(tmp_path, bluesky[1]) as system:
        await system.says(stage)
        system.process.send_signal(signal.SIGINT)
        assert await system.ended() == 0
        assert belonging_to(tmp_path) == []
        assert LISTENING not in system.said


async def test_a_service_that_cannot_start_is_told_and_nothing_is_left(
    bluesky: tuple[Jetstream, str], tmp_path: Path
) -> None:
    async with up(tmp_path, bluesky[1], PASSAPAROLA_CONNECTORS='["carrier-pigeon"]') as system:
        assert await system.ended() == 1
        assert belonging_to(tmp_path) == []
        told = system.log.read_text()
        assert "error: ingest ended with status 70" in told
        assert "no such connector: carrier-pigeon" in told
        assert "Traceback" not in told


async def test_a_folder_belongs_to_one_system_at_a_time(tmp_path: Path) -> None:
    async with System(tmp_path / "state"):
        with pytest.raises(Fatal, match="state is in use by another system"):
            async with System(tmp_path / "state"):
                pytest.fail("it took it")
    async with System(tmp_path / "state"):
        pass


async def test_a_given_kafka_and_database_are_used(
    settings: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    monkeypatch.setenv("PASSAPAROLA_KAFKA__BOOTSTRAP", settings.bootstrap)
    monkeypatch.setenv("PASSAPAROLA_KAFKA__PARTITIONS", str(settings.partitions))
    monkeypatch.setenv("PASSAPAROLA_DATABASE__URL", url)
    register = tmp_path / "museums.yaml"
    register.write_text(
        "museums: [{museum_id: one, name: One, timezone: Europe/Rome, words: [Museum]}]"
    )
    async with System(tmp_path / "state", {"PASSAPAROLA_CONNECTORS": "[]"}) as system:
        await system.start_kafka()
        assert system.kafka == settings
        assert (await system.apply_museums(register)).added == ("one",)
        await system.start_services()
        async with aiohttp.ClientSession() as session:
            answers: list[Any] = [
                await status(session, f"{u}/readyz") for u in system.urls.values()
            ]
        assert answers == [200, 200, 200]
    assert (tmp_path / "elsewhere.db").exists()
    assert {path.name for path in (tmp_path / "state").iterdir()} == {
        "lock",
        *(f"{name}.log" for name in SERVICES),
    }
