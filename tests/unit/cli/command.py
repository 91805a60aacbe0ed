"""``passaparola`` as people run it: a process of its own, its words and its status."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def environment(**settings: str) -> dict[str, str]:
    """What a command is told: our settings and none of the machine's."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PASSAPAROLA_")}
    cache = {k: v for k, v in os.environ.items() if k == "PASSAPAROLA_CACHE"}
    return {**kept, **cache, **settings, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"}


async def run(*arguments: str, folder: Path, **settings: str) -> Said:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", *arguments),
        cwd=folder,
        env=environment(**settings),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())
