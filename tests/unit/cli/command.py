"""``passaparola`` as people run it, its words and its status: a process of its own, or in this one.

A process costs a second of imports. It shows what this one cannot: that the command starts from
nothing, what it does with signals, and what is left of it at its end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest import mock

from cli.__main__ import main

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
    """Run a command to its end in a process of its own."""
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


async def call(*arguments: str, folder: Path, **settings: str) -> Said:
    """Run a command to its end in this process, one at a time; what it cannot mend is raised."""
    return await asyncio.to_thread(_call, arguments, folder, settings)


def _call(arguments: tuple[str, ...], folder: Path, settings: dict[str, str]) -> Said:
    out, err = (TextIOWrapper(BytesIO(), "utf-8", write_through=True) for _ in range(2))
    status: object = 0
    with (
        mock.patch.dict(os.environ, environment(**settings), clear=True),
        mock.patch.object(sys, "argv", ["passaparola", *arguments]),
        chdir(folder),
        redirect_stdout(out),
        redirect_stderr(err),
        _logging_of_its_own(),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code
    assert isinstance(status, int)
    return Said(status, *(each.buffer.getvalue().decode() for each in (out, err)))


@contextmanager
def _logging_of_its_own() -> Iterator[None]:
    """Let the command set up its logs as if it were alone, and forget them."""
    root, aiokafka = logging.getLogger(), logging.getLogger("aiokafka")
    handlers, levels = root.handlers[:], (root.level, aiokafka.level)
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        aiokafka.setLevel(levels[1])
