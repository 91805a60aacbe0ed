"""An enrich worker as a process of its own, and what can be asked of it from outside."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2

from deploy.local.ports import HOST, free_port
from deploy.local.process import Process
from tests.support.waiting import until_complete

ROOT = Path(__file__).parents[3]
SESSION_SECONDS = 4
"""After so long without a heartbeat a killed worker's partitions go to the others."""


class Worker:
    """``python -m services.enrich``, or another module that runs it under observation."""

    def __init__(
        self,
        name: str,
        bootstrap: str,
        group: str,
        folder: Path,
        *,
        partitions: int,
        run: tuple[str, ...] = ("services.enrich",),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._port = free_port()
        self.process = Process(
            name,
            [sys.executable, "-m", *run],
            log=folder / f"{name}.log",
            cwd=ROOT,
            env={
                "PASSAPAROLA_KAFKA__BOOTSTRAP": bootstrap,
                "PASSAPAROLA_KAFKA__PARTITIONS": str(partitions),
                "PASSAPAROLA_KAFKA__SESSION_SECONDS": str(SESSION_SECONDS),
                "PASSAPAROLA_HTTP__PORT": str(self._port),
                "PASSAPAROLA_GROUP": group,
                **(env or {}),
            },
        )

    def start(self) -> None:
        """Start it, or start it again; return at once."""
        self.process.start()

    def kill(self) -> None:
        """``kill -9``."""
        self.process.kill()

    async def stop(self, within: float = 30) -> int | None:
        """SIGTERM; return the exit status."""
        await self.process.stop(within)
        return self.process.returncode

    async def started(self, within: float = 60) -> None:
        """Wait until its tables are recovered."""
        await self.process.wait_ready(self._url("startupz"), within)

    async def ended(self, within: float) -> int:
        """Wait for its end; return the exit status."""
        return await self.process.wait(within)

    async def probe(self, name: str) -> tuple[int, str] | None:
        """Status and body of a probe, ``None`` where nothing answers."""
        try:
            async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
                answer = await client.get(self._url(name))
        except httpx2.TransportError:
            return None
        return answer.status_code, answer.text

    async def metric(self, name: str) -> float:
        """The sum of a metric over its labels; 0 where it has none yet."""
        found = await self.probe("metrics")
        assert found is not None, f"{self.process.name} does not answer:\n{self.log()[-2000:]}"
        lines = [line for line in found[1].splitlines() if not line.startswith("#")]
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.partition(" ")[0].partition("{")[0] == name
        )

    def log(self) -> str:
        """What it has logged."""
        return self.process.log.read_text(errors="replace") if self.process.log.exists() else ""

    async def until_logged(self, words: str, within: float = 60) -> None:
        """Wait until it has logged some words."""
        await until_complete(
            lambda: None if words in self.log() else f"{words!r} in {self.process.log}", within
        )

    def _url(self, name: str) -> str:
        return f"http://{HOST}:{self._port}/{name}"
