"""A real Apache Kafka on this machine: one KRaft node as a child process, all on 127.0.0.1.

It creates no topics, neither by itself nor for a client that asks for an unknown one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local import jars
from deploy.local.archive import quick_java
from deploy.local.java import Java
from deploy.local.ports import HOST, free_port
from deploy.local.process import Process
from deploy.local.storage import NODE, format_folder

_SETTINGS = "server.properties"


class Kafka:
    """A broker whose whole state lies in one folder; the same folder later is the same broker.

    ``kafka.log`` in it is the broker's log.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        properties: Mapping[str, str] | None = None,
        java: Java | None = None,
        progress: jars.Progress = lambda _: None,
    ) -> None:
        """``properties`` are broker settings, stronger than ours; ``port``: a free one if None.

        ``java`` is what runs it, by default the one of :func:`deploy.local.archive.quick_java`.
        ``progress`` is told in plain sentences what takes long at the first start.
        """
        self._data = data.absolute()
        self._port = port or free_port()
        self._controller_port = free_port()
        self._properties = properties or {}
        self._progress = progress
        self._java = java
        self._broker: Process | None = None
        self._topics = self._data / "topics"

    @property
    def data(self) -> Path:
        """The folder of its whole state."""
        return self._data

    @property
    def bootstrap(self) -> str:
        """``host:port`` for clients; the same after every start."""
        return f"{HOST}:{self._port}"

    @property
    def running(self) -> bool:
        """Whether the broker's process lives."""
        return self._broker is not None and self._broker.running

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Make the folder if it is new, start, and wait until the broker answers clients.

        :raises JarsUnavailable, JarsWrong: see :mod:`deploy.local.jars`.
        :raises Died: it ended at its start, or does not answer; with the end of its log.
        """
        if self._java is None:
            class_path = await jars.install(self._progress)
            self._java = await quick_java(class_path, _trial, self._progress)
        if not self._topics.exists():
            format_folder(self._topics)
        self._broker = self._java.program(
            "Kafka", "kafka.Kafka", self._write_settings(), folder=self._data
        )
        self._broker.start()
        try:
            await self._broker.until(self._answers, within=90)
        except BaseException:
            self._broker.kill()
            raise

    async def stop(self, within: float = 30) -> None:
        """Let it finish what it writes, and wait for its end; kill it after ``within`` seconds."""
        if self._broker is not None:
            await self._broker.stop(within)

    def kill(self) -> None:
        """``kill -9``. What was acknowledged is there again after :meth:`start`."""
        if self._broker is not None:
            self._broker.kill()

    def _write_settings(self) -> str:
        """Write the broker's file of properties, and return its name in the broker's folder."""
        controller = f"{HOST}:{self._controller_port}"
        settings = {
            "process.roles": "broker,controller",
            "node.id": str(NODE),
            "controller.quorum.voters": f"{NODE}@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            # Not its whole path: Java reads properties as Latin-1, and this one as a list.
            "log.dirs": self._topics.name,
            # After a kill -9 the controller lets a broker back in only when its session has ended.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            # Else the controller writes a record that says nothing twice a second.
            "metadata.max.idle.interval.ms": "10000",
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": "0",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            **self._properties,
        }
        lines = "".join(f"{key}={value}\n" for key, value in settings.items())
        (self._data / _SETTINGS).write_text(lines)
        return _SETTINGS

    async def _answers(self) -> bool:
        """Whether a client is answered, and by this broker: another may hold the port."""
        try:
            # aiokafka logs an error for a port that nobody listens on yet; this does not.
            _, writer = await asyncio.open_connection(HOST, self._port)
            writer.close()
            admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=5000)
            try:
                await admin.start()
                cluster = await admin.describe_cluster()
            finally:
                await admin.close()
        except (OSError, KafkaError):
            return False
        ours = f"cluster.id={cluster['cluster_id']}\n"
        return bool(cluster["brokers"]) and ours in (self._topics / "meta.properties").read_text()


async def _trial(java: Java, folder: Path) -> None:
    async with Kafka(folder, java=java) as broker:
        await broker.stop(within=120)  # its end is when Java writes the archive
