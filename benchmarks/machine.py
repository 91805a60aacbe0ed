"""The machine beside every figure: what it is, what ran on it, and how busy it was already."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_ROOT = Path(__file__).resolve().parents[1]


class Machine(BaseModel):
    """Where and on what something was measured; ``load`` is the load average at the start."""

    model_config = ConfigDict(frozen=True)

    cpu: str
    cores: int
    memory_gb: float
    system: str
    python: str
    kafka: str | None
    commit: str
    load: tuple[float, float, float]
    at: datetime

    def sentence(self) -> str:
        """Say it in one line, for beside a table."""
        kafka = f", Apache Kafka {self.kafka}" if self.kafka else ""
        return (
            f"{self.at:%Y-%m-%d}, commit {self.commit}: {self.cores} cores of {self.cpu}, "
            f"{self.memory_gb:.0f} GB, {self.system}, Python {self.python}{kafka}; "
            f"load average at the start {self.load[0]:.2f}."
        )


def describe_machine(*, kafka: str | None = None) -> Machine:
    """Describe this machine now; ``kafka`` is the broker's version where there is one."""
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        kafka=kafka,
        commit=_commit(),
        load=os.getloadavg(),
        at=datetime.now(UTC).replace(microsecond=0),
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")


def _commit() -> str:
    """The commit that was measured, marked where files differ from it."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return f"{head} with changes" if _git("status", "--porcelain") else head
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    command = ["git", "-C", str(_ROOT), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
