from __future__ import annotations

import asyncio

import pytest

from services.common.tasks import first_of


async def test_the_first_to_end_ends_the_others() -> None:
    ended: list[str] = []

    async def at_once() -> None:
        """It has nothing to do."""

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("never")

    await first_of(never(), at_once())
    assert ended == ["never"]


async def test_a_fault_is_raised() -> None:
    async def fails() -> None:
        raise KeyError("a slip")

    with pytest.raises(KeyError, match="a slip"):
        await first_of(fails(), asyncio.sleep(60))
