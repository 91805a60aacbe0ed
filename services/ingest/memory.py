"""What ingest knows from Kafka alone: museums, tracked posts and cursors, read before any work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from schemas.topics import CURSORS, MUSEUMS, TRACKED
from services.common.follower import Follower
from services.common.publisher import Publisher
from services.common.settings import KafkaSettings

from .cursors import Cursors
from .register import Register
from .tracked import TrackedPosts

ResultT = TypeVar("ResultT")
STEPS = ("register", "tracked", "cursors")


@dataclass(frozen=True)
class Memory:
    """The views, read to the ends that their topics had; they read on while this is open."""

    register: Register
    tracked: TrackedPosts
    cursors: Cursors
    following: tuple[asyncio.Task[None], ...]

    async def beside(self, work: Coroutine[object, object, ResultT]) -> ResultT:
        """Run work for as long as the views are followed; what ends them is raised here."""
        return await _beside(work, self.following)


@asynccontextmanager
async def open_memory(
    settings: KafkaSettings, publisher: Publisher, done: Callable[[str], None] = lambda _: None
) -> AsyncIterator[Memory]:
    """Follow the topics; enter once all are read. ``done`` is told each of ``STEPS``."""
    register, tracked = Register(), TrackedPosts()
    cursors = Cursors(publisher.publish)
    followers = {
        "register": Follower(settings, MUSEUMS, register.apply, "passaparola-ingest-register"),
        "tracked": Follower(settings, TRACKED, tracked.apply, "passaparola-ingest-tracked"),
        "cursors": Follower(settings, CURSORS, cursors.apply, "passaparola-ingest-cursors"),
    }
    tasks = [asyncio.create_task(follower.run()) for follower in followers.values()]
    try:
        for step, follower in followers.items():
            await _beside(follower.wait_caught_up(), tuple(tasks))
            done(step)
        register.rebuild()
        tasks.append(asyncio.create_task(register.run()))
        yield Memory(register, tracked, cursors, tuple(tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beside(
    work: Coroutine[object, object, ResultT], following: tuple[asyncio.Task[None], ...]
) -> ResultT:
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait({working, *following}, return_when=asyncio.FIRST_COMPLETED)
        for task in following:
            if task.done():
                task.result()
        return await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
