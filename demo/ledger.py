"""What arrived at a receiver, in order, in memory and as one JSON line each in a file.

It refuses to change or forget an entry: a judge reads it as evidence.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO, TypeVar, overload

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """One thing that arrived."""

    model_config = ConfigDict(frozen=True)

    number: int
    """1 for the first entry of this receiver."""
    arrived_at: datetime
    """Wall time, UTC, at which the whole of it had arrived."""


EntryT = TypeVar("EntryT", bound=Entry)


class Ledger(Sequence[EntryT]):
    """A sequence of entries that only grows; each line of its file is written out at once."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: list[EntryT] = []
        self._grown = asyncio.Event()
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    @property
    def next_number(self) -> int:
        """The number that the next entry must carry."""
        return len(self._entries) + 1

    def append(self, entry: EntryT) -> None:
        """Keep an entry, and have it in the file before this returns."""
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(to_json(entry) + "\n")
            self._file.flush()
        self._grown.set()

    async def reached(self, count: int) -> None:
        """Wait until so many entries have arrived; the caller sets the deadline."""
        while len(self) < count:
            self._grown.clear()
            await self._grown.wait()

    def close(self) -> None:
        """Close the file; what arrived stays readable."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @overload
    def __getitem__(self, index: int) -> EntryT: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[EntryT]: ...
    def __getitem__(self, index: int | slice) -> EntryT | Sequence[EntryT]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)


def to_json(entry: Entry) -> str:
    """One line of ASCII JSON, so that lone surrogates from hostile input can be written too."""
    return json.dumps(entry.model_dump() | {"arrived_at": entry.arrived_at.isoformat()})


def read_ledger(path: Path, entry: type[EntryT]) -> list[EntryT]:
    """Read a ledger's file; the torn last line of a receiver that was killed is left out."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [entry.model_validate(json.loads(line)) for line in lines if line.endswith("\n")]
