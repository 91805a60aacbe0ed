"""unit/ mirrors the tree; integration/ runs real servers; e2e/ plays the demo."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")


async def eventually(
    condition: Callable[[], T | Awaitable[T]], within: float = 10, every: float = 0.02
) -> T:
    """Wait until ``condition()`` is true and return what it gave; fail after ``within`` seconds.

    Tests wait with this instead of sleeping.
    """
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return cast("T", found)
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within:g} s: {inspect.getsource(condition)}")
        await asyncio.sleep(every)
