"""unit/ mirrors the tree; integration/ runs real servers; e2e/ plays the demo."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    condition: Callable[[], Awaitable[T]], within: float = 10, every: float = 0.02
) -> T: ...
@overload
async def eventually(condition: Callable[[], T], within: float = 10, every: float = 0.02) -> T: ...
async def eventually(condition: Callable[[], Any], within: float = 10, every: float = 0.02) -> Any:
    """Wait until ``condition()`` is true and return what it gave; fail after ``within`` seconds.

    Tests wait with this instead of sleeping.
    """
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within:g} s: {inspect.getsource(condition)}")
        await asyncio.sleep(every)
