"""A file as a source: its lines in batches, at its own pace, with ticks where it is the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from schemas import Cursor
from services.common.clock import SetClock, WallClock
from services.common.errors import Poison
from services.ingest.cleaning import check_time
from services.ingest.observations import Batch, Observation, Tick, Unreadable
from services.ingest.ticks import EVERY

from .facts import NAME, Reading
from .lines import ReplayRefused
from .reader import Entry, Reader

BATCH_LINES = 500
_GATHER_SECONDS = 0.05
"""A pause is no shorter: lines that are due within it go together, rather late than early."""
_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)
SILENCE = timedelta(hours=1)
"""Through a longer silence of the file time goes in such steps: nothing happens in it."""


@dataclass(frozen=True)
class ReplayBatch(Batch):
    """A batch that knows its lines; ``firsts`` are the numbers of their main observations."""

    entries: tuple[Entry, ...] = ()
    firsts: tuple[int, ...] = ()


@dataclass
class _Collected:
    observations: list[Observation] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)


@dataclass
class Position:
    """How far a file has been read: after which line and byte; ``shift``: of all its times.

    ``at``: the time of the file there; ``begun``: the position itself stands on Kafka.
    """

    byte: int = 0
    line: int = 0
    done: bool = False
    shift: timedelta = timedelta(0)
    at: datetime | None = None
    begun: bool = False

    @classmethod
    def of(cls, cursor: Cursor) -> Position:
        """Read a position from a cursor."""
        said = cursor.position
        return cls(
            int(said["byte"]),
            int(said["line"]),
            bool(said["done"]),
            timedelta(microseconds=int(said["shift_us"])),
            _EPOCH + timedelta(microseconds=int(said["at_us"])) if "at_us" in said else None,
            begun=True,
        )


class Replay:
    """Replays the rest of a file once. ``clock``: where given, its time is the system's.

    ``speed`` is a multiple of real time, ``None`` as fast as it goes; ``run_out``: for how long
    time goes on after the last line, for what waits for time to pass.
    """

    name = NAME

    def __init__(
        self,
        reader: Reader,
        reading: Reading,
        position: Position,
        subscription: str,
        *,
        speed: float | None,
        clock: SetClock | None,
        run_out: timedelta,
        not_before: datetime | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._reader = reader
        self._reading = reading
        self._position = position
        self._subscription = subscription
        self._speed = speed
        self._clock = clock
        self._run_out = run_out
        self._not_before = not_before
        self._sleep = sleep
        self._wall = WallClock()
        self._first: tuple[datetime, float] | None = None
        self._next_tick: datetime | None = None
        self._collected = _Collected()

    async def observe(self) -> AsyncIterator[ReplayBatch]:
        """Yield the lines from the position on, and at the end the ticks that are still due.

        Asked for the next batch, it relies on the last one being on Kafka. Raises
        ``ReplayRefused`` where the file's time lies behind the system's.
        """
        start, before = self._position.byte, self._position.line
        if self._position.at is not None:
            self._begin(self._position.at)
        for read in self._reader.entries(self._reading, start, before):
            entry = self._possible(read)
            if entry.at is not None:
                async for batch in self._up_to(entry.at):
                    yield batch
            self._take(entry)
            if len(self._collected.entries) >= BATCH_LINES:
                yield self._batch()
        if self._clock is not None and self._position.at is not None:
            async for batch in self._up_to(self._position.at + self._run_out + EVERY):
                yield batch
        self._position.done = True
        yield self._batch()

    def _possible(self, entry: Entry) -> Entry:
        """Refuse a time that would carry the clock away, before anything follows it."""
        if entry.at is None or self._clock is None:
            return entry
        now = max(self._wall.now(), self._position.at or entry.at)
        try:
            check_time("observed_at", entry.at, now)
        except Poison as error:
            first = entry.observations[0]
            bad = Unreadable(error.reason, str(error))
            refused = Observation(bad, first.raw, first.origin)
            return Entry(entry.line, (refused,), entry.post_id, None)
        return entry

    def _take(self, entry: Entry) -> None:
        collected = self._collected
        collected.firsts.append(len(collected.observations))
        collected.observations += entry.observations
        collected.entries.append(entry)
        self._position.byte, self._position.line = entry.line.end, entry.line.number

    async def _up_to(self, at: datetime) -> AsyncIterator[ReplayBatch]:
        """Let time come up to ``at``, with its ticks; yields before each pause."""
        if self._first is None:
            if self._not_before is not None:
                _check_time(at, self._not_before)
            self._begin(at)
            if not self._position.begun:
                # Before any tick: after a kill the same times must go on from there.
                yield self._batch()
        last = self._position.at or at
        if self._clock is not None:
            while self._next_tick is not None and self._next_tick <= at:
                due = self._next_tick
                async for batch in self._pace(due):
                    yield batch
                self._clock.advance_to(due)
                self._collected.observations.append(Observation(Tick(due)))
                self._next_tick = _after(due, last, at)
                if len(self._collected.observations) >= BATCH_LINES:
                    yield self._batch()
            self._clock.advance_to(at)
        async for batch in self._pace(at):
            yield batch
        self._position.at = max(last, at)

    def _begin(self, at: datetime) -> None:
        self._first = (at, asyncio.get_running_loop().time())
        self._position.at = at
        self._next_tick = _EPOCH + EVERY * ((at - _EPOCH) // EVERY + 1)

    async def _pace(self, at: datetime) -> AsyncIterator[ReplayBatch]:
        if self._speed is None or self._first is None:
            return
        first, started = self._first
        due = started + (at - first).total_seconds() / self._speed
        if due > asyncio.get_running_loop().time():
            if self._collected.observations:
                yield self._batch()
            await self._sleep(max(due - asyncio.get_running_loop().time(), _GATHER_SECONDS))

    def _batch(self) -> ReplayBatch:
        collected, self._collected = self._collected, _Collected()
        position = self._position
        said: dict[str, str | int] = {
            "byte": position.byte,
            "line": position.line,
            "done": int(position.done),
            "shift_us": position.shift // _MICROSECOND,
        }
        if position.at is not None:
            said["at_us"] = (position.at - _EPOCH) // _MICROSECOND
        cursor = Cursor(
            connector=NAME,
            subscription=self._subscription,
            position=said,
            updated_at=(self._clock or self._wall).now(),
        )
        return ReplayBatch(
            tuple(collected.observations),
            cursor,
            tuple(collected.entries),
            tuple(collected.firsts),
        )


def _check_time(begins_at: datetime, stands_at: datetime) -> None:
    if begins_at < stands_at - EVERY:
        raise ReplayRefused(
            f"the file begins at {begins_at:%Y-%m-%d %H:%M:%S}Z, but the time in this system's "
            f"topics stands at {stands_at:%Y-%m-%d %H:%M:%S}Z already and never goes back. "
            "Shift the file's times to now, or use other topics."
        )


def _after(tick: datetime, last_line: datetime, next_line: datetime) -> datetime:
    if tick - last_line >= SILENCE and next_line - tick >= 2 * SILENCE:
        return tick + SILENCE
    return tick + EVERY
