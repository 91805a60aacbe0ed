"""Runs enrich and notes what it does: ``python -m tests.integration.enrich.watched FILE SECONDS``.

A line each: ``time handled topic partition offset produced``, ``time revoked`` or ``time gap topic
partition from to``. The product's code is untouched; the notes are made around it. ``SECONDS``
is what a record takes longer than it must: so that a little input is a long backlog.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from typing import Any

from services.common.streams.app import StreamApp
from services.common.streams.transport import Consumer
from services.enrich.app import run
from services.enrich.settings import Settings


def watch(path: str, seconds: float) -> None:
    """Wrap what is to be noted."""
    # One write a note, appended by the system: a kill -9 leaves whole lines or none.
    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(lines: Iterable[str]) -> None:
        os.write(notes, "".join(f"{time.time():.3f} {line}\n" for line in lines).encode())

    handle, revoked, add_gap = StreamApp._handle, StreamApp._revoked, Consumer._add_gap

    async def noted_handle(self: StreamApp, stage: Any, guard: Any, out: Any, events: Any) -> None:
        await handle(self, stage, guard, out, events)
        messages = [event.message for event in events]
        await asyncio.sleep(seconds * len(messages))
        note(f"handled {m.topic} {m.partition} {m.offset} {m.timestamp:.3f}" for m in messages)

    async def noted_revoked(self: StreamApp, *args: Any, **kwargs: Any) -> None:
        await revoked(self, *args, **kwargs)
        note(["revoked"])

    async def noted_gap(self: Consumer, tp: Any, offset_from: int, offset_to: int) -> None:
        note([f"gap {tp.topic} {tp.partition} {offset_from} {offset_to}"])
        await add_gap(self, tp, offset_from, offset_to)

    StreamApp._handle = noted_handle  # type: ignore[method-assign]
    StreamApp._revoked = noted_revoked  # type: ignore[method-assign]
    Consumer._add_gap = noted_gap  # type: ignore[method-assign]


if __name__ == "__main__":
    watch(sys.argv[1], float(sys.argv[2]))
    run(Settings())
