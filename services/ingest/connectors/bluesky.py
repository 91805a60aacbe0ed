"""Bluesky: every public post, from Jetstream's v1 wire, filtered here.

It goes on 5 s before the cursor and records each stretch that it was not connected, with whether
it was read after all. Bluesky's posts have no place; engagement comes from the AppView, and between
two looks there from likes, reposts, quotes and replies in the stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

import httpx2
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from schemas import Cursor, Gap, GapReason
from services.common.errors import Retryable
from services.ingest.metrics import FRAMES
from services.ingest.observations import Batch, Observation
from services.ingest.settings import BlueskySettings

from .base import Context
from .bluesky_acts import COUNTER_OF
from .bluesky_counts import BlueskyCounts, retry_after
from .bluesky_stream_counts import StreamCounts
from .bluesky_wire import COLLECTION, PLATFORM, concerns_us, instant, read_frame, time_us_of

log = structlog.get_logger(__name__)

SUBSCRIPTION = "posts"
OVERLAP_US = 5_000_000
LOOKBACK = timedelta(hours=36)
"""How far back Jetstream keeps events; from an older cursor it silently starts at the oldest."""
QUIET = timedelta(minutes=10)
"""The whole network is never silent for so long: a first frame so far behind the cursor is late."""
MAX_SKEW = timedelta(hours=1)
"""A frame further ahead of our clock moves no cursor: from the future one, a server starts live."""

_BATCH = 500
_BATCH_SECONDS = 0.5
_MAX_FRAME_BYTES = 16 * 1024 * 1024


class Bluesky:
    """One connection at a time; each new one takes the next host."""

    name = PLATFORM

    def __init__(self, settings: BlueskySettings, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._turn = count()
        self._stretch: _Stretch | None = None
        self._stream: StreamCounts | None = None
        self.counts = BlueskyCounts(client, settings.appview)

    async def observe(self, context: Context) -> AsyncGenerator[Batch, None]:
        """Connect once and yield batches. Raises ``Retryable`` when the connection breaks."""
        hosts = self._settings.jetstream
        host = hosts[next(self._turn) % len(hosts)]
        cursor = context.cursors.get(self.name, SUBSCRIPTION)
        seen = None if cursor is None else int(cursor.position["time_us"])
        if self._settings.stream_counts and self._stream is None:
            self._stream = StreamCounts(context.tracked)
        wanted = (COLLECTION, *COUNTER_OF) if self._stream is not None else (COLLECTION,)
        query = [("wantedCollections", collection) for collection in wanted]
        if seen is not None:
            query.append(("cursor", str(seen - OVERLAP_US)))
        try:
            async with connect(
                f"{host}/subscribe?{urlencode(query)}", max_size=_MAX_FRAME_BYTES
            ) as socket:
                log.info("connector_connected", connector=self.name, host=host)
                if seen is not None:
                    self._stretch = _Stretch(instant(seen), context.clock.now(), self._stretch)
                yield Batch(())
                async with aclosing(self._batches(socket, context, host, seen)) as batches:
                    async for batch in batches:
                        yield batch
        except InvalidStatus as error:
            told = error.response
            raise Retryable(
                f"{host}: answered {told.status_code}", retry_after=retry_after(told.headers)
            ) from error
        except (WebSocketException, OSError) as error:
            raise Retryable(f"{host}: {type(error).__name__}") from error

    async def _batches(
        self, socket: ClientConnection, context: Context, host: str, seen: int | None
    ) -> AsyncGenerator[Batch, None]:
        loop = asyncio.get_running_loop()
        frames = FRAMES.labels(self.name)
        stream = self._stream
        written, written_at = seen, loop.time()
        heard_at = loop.time()
        while True:
            until = loop.time() + _BATCH_SECONDS
            tags_suffice = context.register.current.tags_suffice(self.name)
            observations: list[Observation] = []
            closed: ConnectionClosed | None = None
            if stream is not None:
                stream.settle()
            while len(observations) < _BATCH:
                try:
                    frame = await _receive(socket, until)
                except ConnectionClosed as error:
                    # What came before counts, or a bad line would keep us where we are.
                    closed = error
                    break
                if frame is None:
                    break
                frames.inc()
                heard_at = loop.time()
                now = context.clock.now()
                time_us = time_us_of(frame)
                if time_us is not None and (at := instant(time_us)) - now < MAX_SKEW:
                    seen = max(seen or 0, time_us)
                    gap = self._stretch.gap(at) if self._stretch else None
                    if gap is not None:
                        observations.append(Observation(gap))
                    if stream is not None:
                        stream.note(at, gap)
                if concerns_us(frame, tags_suffice) or (stream and stream.concerns(frame)):
                    fact = read_frame(frame, now)
                    if fact is not None:
                        observations.append(Observation(fact, frame, (("host", host),)))
                    if stream is not None:
                        stream.hear(frame, fact, now)
            if stream is not None:
                observations += stream.tallies(context.clock.now())
            cursor = None
            due = loop.time() - written_at >= self._settings.cursor_seconds
            if seen != written and (due or closed):
                written, written_at = seen, loop.time()
                cursor = _cursor(host, seen, context.clock.now())
            if observations or cursor is not None:
                yield Batch(observations, cursor)
            if closed is not None:
                raise closed
            if loop.time() - heard_at > self._settings.silence_seconds:
                raise Retryable(
                    f"{host}: connected, and silent for {self._settings.silence_seconds:.0f} s"
                )


async def _receive(socket: ClientConnection, until: float) -> bytes | None:
    """Return the next frame, ``None`` at an instant of the loop's clock; no frame is lost."""
    if asyncio.get_running_loop().time() >= until:
        return None
    try:
        async with asyncio.timeout_at(until):
            return await socket.recv(decode=False)
    except TimeoutError:
        return None


def _cursor(host: str, time_us: int | None, now: datetime) -> Cursor | None:
    if time_us is None:
        return None
    return Cursor(
        connector=PLATFORM,
        subscription=SUBSCRIPTION,
        position={"host": host, "time_us": time_us},
        updated_at=now,
    )


class _Stretch:
    """A stretch without connection, from the cursor to now, until frames show what became of it.

    One that broke off before the source had caught up goes on in the ``last`` one's successor.
    """

    def __init__(self, cursor_at: datetime, connected_at: datetime, last: _Stretch | None) -> None:
        self._cursor_at = cursor_at
        self._connected_at = connected_at
        self._begun = False
        self._filled = False
        self._since: datetime = cursor_at if last is None or last._filled else last._since

    def gap(self, at: datetime) -> Gap | None:
        """Take the next frame's time; return a gap when it decides one."""
        if self._filled:
            return None
        if not self._begun:
            self._begun = True
            missing = at - self._cursor_at
            too_old = self._connected_at - self._cursor_at > LOOKBACK
            if missing > QUIET or (too_old and missing > timedelta(0)):
                lost = self._record(self._cursor_at, at, GapReason.CURSOR_TOO_OLD, filled=False)
                self._since = at
                return lost
        if at < self._connected_at:
            return None
        self._filled = True
        return self._record(self._since, self._connected_at, GapReason.DISCONNECTED, filled=True)

    @staticmethod
    def _record(since: datetime, to: datetime, reason: GapReason, *, filled: bool) -> Gap:
        return Gap(
            connector=PLATFORM,
            subscription=SUBSCRIPTION,
            from_at=since,
            to_at=max(since, to),
            reason=reason,
            filled=filled,
        )
