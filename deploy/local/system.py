"""The whole system on one machine: Kafka, the topics, the database, and the services as processes.

Everything lies in one folder; a service that dies is started again, with a pause that grows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from services.alerts.store.migrate import migrate
from services.common.clock import WallClock
from services.common.errors import Fatal
from services.common.settings import KafkaSettings, ServiceSettings
from services.common.topics import create_topics
from services.ingest.register_file import Changes, apply_register, read_register

from .kafka import Kafka
from .lock import alone
from .ports import HOST, free_port
from .process import Process

SERVICES = ("ingest", "enrich", "alerts")
PARTITIONS = 4
BOOTSTRAP, DATABASE = "PASSAPAROLA_KAFKA__BOOTSTRAP", "PASSAPAROLA_DATABASE__URL"
_ROOT = str(Path(__file__).resolve().parents[2])
_PATH = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
_READY_SECONDS = 90.0
_STOP_SECONDS = 90.0
_FIRST_PAUSE, _LONGEST_PAUSE, _CALM_SECONDS = 1.0, 30.0, 120.0
_LOOK_SECONDS = 0.2

Say = Callable[[str], None]


class System:
    """Start it, apply a register, supervise it, stop it. ``data`` holds all of its state.

    ``environment`` is what the services are told besides. Where the environment of this process
    names a Kafka or a database, that one is used and none is started or made here.
    """

    def __init__(
        self, data: Path, environment: Mapping[str, str] | None = None, say: Say = lambda _: None
    ) -> None:
        self.data = data.absolute()
        self._environment = dict(environment or {})
        self._say = say
        self._kafka: Kafka | None = None
        self._kafka_settings = ServiceSettings().kafka
        self._held = ExitStack()
        self._services: dict[str, Process] = {}
        self._urls: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to talk to this system."""
        return dict(self._environment)

    @property
    def kafka(self) -> KafkaSettings:
        """How to reach its Kafka."""
        return self._kafka_settings

    @property
    def urls(self) -> dict[str, str]:
        """Where each service answers, by name."""
        return dict(self._urls)

    @property
    def deaths(self) -> dict[str, int]:
        """How often a service has ended by itself so far, of those that did."""
        ended = {name: one.starts - one.running for name, one in self._services.items()}
        return {name: count for name, count in ended.items() if count}

    async def __aenter__(self) -> Self:
        """Take the folder for this system alone. Raises ``Fatal`` where another one has it."""
        self._held.enter_context(alone(self.data))
        return self

    async def __aexit__(self, *_: object) -> None:
        with self._held:
            await self.stop()

    def tell(self, say: Say) -> None:
        """Tell from now on what takes long, and what goes wrong, in plain sentences."""
        self._say = say

    def _tell_progress(self, what: str) -> None:
        self._say(what)

    async def start_kafka(self) -> None:
        """Start Kafka unless one is given, and create the topics that are missing."""
        if BOOTSTRAP not in os.environ:
            self._kafka = Kafka(self.data / "kafka", progress=self._tell_progress)
            await self._kafka.start()
            own = {"bootstrap": self._kafka.bootstrap, "partitions": PARTITIONS}
            self._kafka_settings = self._kafka_settings.model_copy(update=own)
            self._environment[BOOTSTRAP] = self._kafka.bootstrap
            self._environment["PASSAPAROLA_KAFKA__PARTITIONS"] = str(PARTITIONS)
        await create_topics(self._kafka_settings)

    async def apply_museums(self, register: Path) -> Changes:
        """Put a register of museums in force."""
        return await apply_register(self.kafka, read_register(register), WallClock())

    async def start_services(self) -> None:
        """Migrate the database, start the services and wait until each is ready."""
        url = os.environ.get(DATABASE)
        if url is None:
            url = self._environment[DATABASE] = f"sqlite:///{self.data / 'alerts.db'}"
        await asyncio.to_thread(migrate, url)
        for name in SERVICES:
            port = free_port()
            self._urls[name] = f"http://{HOST}:{port}"
            self._services[name] = Process(
                name,
                # -P: the user's folder has files that settings name, but no packages of ours.
                [sys.executable, "-P", "-m", f"services.{name}"],
                log=self.data / f"{name}.log",
                env={
                    **self._environment,
                    "PASSAPAROLA_HTTP__PORT": str(port),
                    "PYTHONPATH": _PATH,
                },
            )
            self._services[name].start()
        for name in SERVICES:
            self._say(f"waiting for {name}")
            await self._services[name].wait_ready(f"{self._urls[name]}/readyz", _READY_SECONDS)

    async def supervise(self) -> None:
        """Start again what dies, until cancelled. Raises ``Fatal`` when Kafka itself dies."""
        pauses = dict.fromkeys(self._services, _FIRST_PAUSE)
        started = dict.fromkeys(self._services, time.monotonic())
        due: dict[str, float] = {}
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._kafka is not None and not self._kafka.running:
                raise Fatal(f"Kafka died; its log is {self.data / 'kafka' / 'kafka.log'}")
            now = time.monotonic()
            for name, service in self._services.items():
                if service.running:
                    continue
                if name not in due:
                    if now - started[name] > _CALM_SECONDS:
                        pauses[name] = _FIRST_PAUSE
                    due[name] = now + pauses[name]
                    pauses[name] = min(pauses[name] * 2, _LONGEST_PAUSE)
                    self._say(
                        f"{name} ended with status {service.returncode}, its log is {service.log}; "
                        f"starting it again in {due[name] - now:.0f} s"
                    )
                elif now >= due[name]:
                    del due[name]
                    started[name] = now
                    service.start()

    async def stop(self) -> None:
        """Stop everything that was started here, services first, and wait for its end."""
        services = self._services.values()
        await asyncio.gather(*(service.stop(within=_STOP_SECONDS) for service in services))
        if self._kafka is not None:
            await self._kafka.stop()
