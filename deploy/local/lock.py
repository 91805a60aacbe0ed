"""A lock on a file, held for as long as a process lives and wants it, even if it is killed."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

from services.common.errors import Fatal

LOCK = "lock"
"""The file that is locked; it stays, since taking it away would let two have the folder."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a folder, made if need be. Raises ``Fatal`` where another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if not _locked(lock):
            raise Fatal(
                f"{folder.absolute()} is in use by another system: stop that one, or name another"
            )
        yield


@asynccontextmanager
async def in_turn(path: Path, progress: Callable[[str], None]) -> AsyncIterator[None]:
    """Have a file's lock, after whoever has it; ``progress`` is told of the wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        if not _locked(lock):
            progress("Waiting for another process that makes Apache Kafka ready...")
            while not _locked(lock):
                await asyncio.sleep(0.1)
        yield


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
