"""Keeps what takes long to make beside the code that makes it, as Python keeps its own."""

from __future__ import annotations

import os
from pathlib import Path


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; where nothing can be kept, it is made again next time."""
    half = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        half.write_bytes(data)
        half.replace(path)
    except OSError:  # a file system that is read-only
        return
