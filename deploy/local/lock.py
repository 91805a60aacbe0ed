"""A folder for one process alone: for as long as it lives, even if it is killed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.common.errors import Fatal

LOCK = "lock"
"""The file that is locked; it stays, since taking it away would let two have the folder."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have a folder, made if need be. Raises ``Fatal`` where another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Fatal(
                f"{folder.absolute()} is in use by another system: stop that one, or name another"
            ) from None
        yield
