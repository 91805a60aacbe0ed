"""Waits for what another process brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_LOOK_SECONDS = 0.05


async def until(condition: Callable[[], Awaitable[object]], what: str, within: float = 60) -> None:
    """Wait until a condition is true; fail after ``within`` seconds, saying ``what`` is missing."""
    try:
        async with asyncio.timeout(within):
            while not await condition():
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not within {within:g} s: {what}") from None
