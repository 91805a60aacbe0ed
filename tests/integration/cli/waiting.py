"""Waits for what another process brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(
    condition: Callable[[], Awaitable[object]], what: str, within: float = 60, every: float = 0.1
) -> None:
    """Wait until a condition is true; fail after ``within`` seconds, saying ``what`` is missing.

    A look that reads a whole topic takes from the system it looks at: not too often.
    """
    try:
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(every)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}") from None
