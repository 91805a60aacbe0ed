"""A local Bluesky: Jetstream's v1 wire over a WebSocket, and the AppView's ``getPosts``.

It sends the frames that it is given, makes what trouble it is told to, and keeps a ledger of what
it sent. It makes up no posts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import uvicorn
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

HOST = "127.0.0.1"
MOST_URIS = 25


@dataclass(frozen=True)
class Chaos:
    """The trouble that a server makes. Shares are between 0 and 1; the same seed, the same trouble.

    ``cut_after``: frames after which each connection is cut off, in the middle of the next frame.
    ``reorder_within``: frames are shuffled within so many, but never those of one account.
    """

    seed: int = 0
    cut_after: int | None = None
    duplicate: float = 0.0
    reorder_within: int = 1


@dataclass(frozen=True)
class Sent:
    """One frame that went out whole, and on which connection, counted from 0."""

    connection: int
    frame: bytes


@dataclass
class Jetstream:
    """A server of ``/subscribe``. Without cursor it starts live; ``from_start``: at the oldest."""

    frames: list[bytes] = field(default_factory=list)
    chaos: Chaos = Chaos()
    from_start: bool = False
    ledger: list[Sent] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Path and query of each connection."""
    _listeners: set[asyncio.Event] = field(default_factory=set)

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve on 127.0.0.1 and enter with the address, ``ws://host:port``."""
        async with serve(self._connected, HOST, port, compression=None) as server:
            yield f"ws://{HOST}:{_port(server)}"

    def push(self, *frames: bytes) -> None:
        """Say something new to everybody who listens, and remember it."""
        self.frames += frames
        for grown in self._listeners:
            grown.set()

    async def _connected(self, socket: ServerConnection) -> None:
        path = socket.request.path if socket.request is not None else ""
        number = len(self.requests)
        self.requests.append(path)
        query = parse_qs(urlsplit(path).query)
        wanted = set(query.get("wantedCollections", ()))
        chance = random.Random(f"{self.chaos.seed}/{number}")
        at = self._begin(query)
        sent = 0
        grown = asyncio.Event()
        self._listeners.add(grown)
        try:
            while socket.close_code is None:
                grown.clear()
                ready, at = self.frames[at:], len(self.frames)
                for frame in self._troubled([f for f in ready if _wants(f, wanted)], chance):
                    if sent == self.chaos.cut_after:
                        await _cut(socket, frame)
                        return
                    await socket.send(frame, text=True)
                    self.ledger.append(Sent(number, frame))
                    sent += 1
                await _either(grown.wait(), socket.wait_closed())
        except ConnectionClosed:
            return
        finally:
            self._listeners.discard(grown)

    def _begin(self, query: dict[str, list[str]]) -> int:
        # From a cursor that is too old, as from one that is not: silently at the first that is due.
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        if cursor is None:
            return 0 if self.from_start else len(self.frames)
        due = (n for n, frame in enumerate(self.frames) if _time_us(frame) >= cursor)
        return next(due, len(self.frames))

    def _troubled(self, frames: Sequence[bytes], chance: random.Random) -> Iterable[bytes]:
        width = max(1, self.chaos.reorder_within)
        for start in range(0, len(frames), width):
            for frame in _shuffled(frames[start : start + width], chance):
                yield frame
                if chance.random() < self.chaos.duplicate:
                    yield frame


def _shuffled(frames: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """Shuffle, keeping the order of each account's frames: that is what the network promises."""
    by_account: dict[str, deque[bytes]] = {}
    for frame in frames:
        by_account.setdefault(json.loads(frame)["did"], deque()).append(frame)
    order = [account for account, queue in by_account.items() for _ in queue]
    if len(frames) > 1:
        chance.shuffle(order)
    return [by_account[account].popleft() for account in order]


async def _cut(socket: ServerConnection, frame: bytes) -> None:
    async def halves() -> AsyncIterator[bytes]:
        yield frame[: len(frame) // 2]
        socket.transport.abort()
        yield frame[len(frame) // 2 :]

    await socket.send(halves(), text=True)


async def _either(*waits: Coroutine[object, object, object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _wants(frame: bytes, collections: set[str]) -> bool:
    commit = json.loads(frame).get("commit")
    return not collections or commit is None or commit["collection"] in collections


def _time_us(frame: bytes) -> int:
    return int(json.loads(frame)["time_us"])


def _port(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])


@dataclass
class AppView:
    """What ``app.bsky.feed.getPosts`` knows. A post of no entry is missing from the reply."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """Counts by uri, as ``likeCount``; one that is left out is left out of the reply."""
    answers: deque[Response] = field(default_factory=deque)
    """Given instead, one a call: a 429 with Retry-After, a 502."""
    asked: list[list[str]] = field(default_factory=list)

    def api(self) -> FastAPI:
        """Return the HTTP side."""
        api = FastAPI(docs_url=None, redoc_url=None)

        @api.get("/xrpc/app.bsky.feed.getPosts")
        async def get_posts(uris: list[str] = Query(default=[])) -> Response:  # noqa: B008
            self.asked.append(uris)
            if self.answers:
                return self.answers.popleft()
            if not 0 < len(uris) <= MOST_URIS:
                error = {"error": "InvalidRequest", "message": f"1 to {MOST_URIS} uris"}
                return JSONResponse(error, status_code=400)
            return JSONResponse(
                {
                    "posts": [
                        {"uri": uri, "cid": "bafy", "author": {"did": uri.split("/")[2]}}
                        | self.counts[uri]
                        for uri in uris
                        if uri in self.counts
                    ]
                }
            )

        return api


async def _main(frames: Path, port: int, appview_port: int, chaos: Chaos) -> None:
    stream = Jetstream(frames.read_bytes().splitlines(), chaos, from_start=True)
    config = uvicorn.Config(AppView().api(), host=HOST, port=appview_port, log_level="warning")
    async with stream.serve(port) as address:
        print(f"Jetstream at {address}, AppView at http://{HOST}:{appview_port}", flush=True)
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A local Bluesky that says the frames of a file.")
    parser.add_argument("frames", type=Path, help="a JSONL file of v1 frames")
    parser.add_argument("--port", type=int, default=7700)
    parser.add_argument("--appview-port", type=int, default=7701)
    parser.add_argument("--cut-after", type=int, help="cut each connection after so many frames")
    given = parser.parse_args()
    trouble = Chaos(cut_after=given.cut_after)
    asyncio.run(_main(given.frames, given.port, given.appview_port, trouble))
