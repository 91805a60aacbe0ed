"""Waiting for what must come: a deadline, and at its end a sentence that says what was missing."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

Lack = Callable[[], str | Awaitable[str | None] | None]
"""Says what is still missing, or ``None`` once nothing is."""


async def until_complete(lack: Lack, within: float, every: float = 0.1) -> None:
    """Wait until nothing is missing; after ``within`` seconds fail with what still is."""
    deadline = time.monotonic() + within
    while True:
        missing = lack()
        if inspect.isawaitable(missing):
            missing = await missing
        if missing is None:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"after {within:g} s still missing: {missing}")
        await asyncio.sleep(every)
