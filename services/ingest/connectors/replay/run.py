"""`passaparola replay`: opens what the pipeline needs, replays one file, and tells how it went.

Killed at any moment, the same call goes on after the last line that Kafka has.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas import Transport
from services.common.clock import SetClock, WallClock
from services.common.guard import DeadLetterLimit
from services.common.publisher import Publisher
from services.common.settings import ServiceSettings
from services.ingest.cleaning import MAX_AHEAD
from services.ingest.memory import Memory, open_memory
from services.ingest.observations import Fate, Outcome
from services.ingest.pipeline import Pipeline
from services.ingest.ticks import Ticker, check_tick_kind

from .facts import NAME, Reading
from .lines import File, ReplayRefused
from .mapping import ColumnMap, read_map
from .reader import Reader
from .replay import Position, Replay, ReplayBatch
from .report import Report


@dataclass(frozen=True)
class ReplayOptions:
    """What to replay and how.

    ``speed``: 1 is real time, ``None`` as fast as it goes. ``shift``: times are moved to now, at
    speed 1 the first line's, else the last line's, so that none lies in the future. ``clock``:
    the file's time becomes the system's. ``restart``: from the beginning, whatever was done.
    """

    path: Path
    map: Path | None = None
    speed: float | None = None
    shift: bool = False
    clock: bool = False
    report: Path | None = None
    restart: bool = False
    run_out: timedelta = timedelta(minutes=10)


@dataclass(frozen=True)
class Progress:
    """How far a replay has come. ``byte`` and ``size`` are of the file itself, packed or not."""

    lines: int
    byte: int
    size: int
    at: datetime | None
    fates: Counter[Fate]


@dataclass
class ReplaySummary:
    """What became of the lines of this run; it began after line ``resumed_after``."""

    resumed_after: int = 0
    lines: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Of all dead letters: of lines, and of the counters that stood in good ones."""
    first_at: datetime | None = None
    last_at: datetime | None = None


async def run_replay(
    settings: ServiceSettings,
    options: ReplayOptions,
    progress: Callable[[Progress], None] = lambda _: None,
) -> ReplaySummary:
    """Replay a file to its end.

    Raises ``ReplayRefused`` where the person who asks must change something, ``Fatal`` where
    Kafka stays away or too many lines cannot be read.
    """
    file = File(options.path)
    reader = Reader(file, None if options.map is None else _map(options.map, options.clock))
    subscription = await asyncio.to_thread(_subscription, file, options)
    clock = SetClock(datetime.fromtimestamp(0, UTC)) if options.clock else None
    not_before = await check_tick_kind(settings.kafka, "replay") if clock else None
    async with (
        Publisher(settings.kafka, "passaparola-replay") as publisher,
        open_memory(settings.kafka, publisher) as memory,
    ):
        if not memory.register.current.museums:
            raise ReplayRefused(
                "no museums are known, so no post can match: "
                "run `passaparola museums apply museums.yaml` first"
            )
        position = _position(memory, subscription, options)
        if options.shift and not position.begun:
            position.shift = await asyncio.to_thread(_shift, reader, options)
        replay = Replay(
            reader,
            _reading(clock, position),
            position,
            subscription,
            speed=options.speed,
            clock=clock,
            run_out=options.run_out,
            not_before=None if position.begun else not_before,
        )
        pipeline = Pipeline(
            publisher,
            memory.register,
            memory.tracked,
            clock or WallClock(),
            DeadLetterLimit(settings.guard),
            ticker=Ticker(publisher, "replay", f"/ingest/{NAME}") if clock else None,
            stamps=False,
        )
        return await memory.beside(
            _drive(replay, pipeline, memory, file, options, position, progress)
        )


async def _drive(
    replay: Replay,
    pipeline: Pipeline,
    memory: Memory,
    file: File,
    options: ReplayOptions,
    position: Position,
    progress: Callable[[Progress], None],
) -> ReplaySummary:
    summary = ReplaySummary(resumed_after=position.line)
    report = None if options.report is None else Report(options.report, position.line)
    try:
        async for batch in replay.observe():
            outcomes = await pipeline.handle(NAME, batch.observations)
            of_lines = [outcomes[number] for number in batch.firsts]
            # Before the cursor: what is told twice after a kill is cut off by the next run.
            if report is not None:
                report.add(batch.entries, of_lines)
            if batch.cursor is not None:
                await memory.cursors.write(batch.cursor)
            _count(summary, batch, outcomes, of_lines)
            progress(
                Progress(summary.lines, file.position, file.size, summary.last_at, summary.fates)
            )
    finally:
        if report is not None:
            report.close()
    return summary


def _map(path: Path, clock: bool) -> ColumnMap:
    found = read_map(path)
    counted_at = found.fields.get("counted_at")
    if clock and counted_at is not None and counted_at.plus_seconds > MAX_AHEAD.total_seconds():
        raise ReplayRefused(
            f"{path}: with --clock the file's time is the system's, and no counters can come from "
            "over a day ahead of it: give counted_at less plus_seconds, or leave --clock out."
        )
    return found


def _count(
    summary: ReplaySummary,
    batch: ReplayBatch,
    outcomes: Sequence[Outcome],
    of_lines: Sequence[Outcome],
) -> None:
    for outcome in outcomes:
        if outcome.fate is Fate.DEAD_LETTER:
            summary.reasons[outcome.reason or "unknown"] += 1
    for entry, outcome in zip(batch.entries, of_lines, strict=True):
        summary.lines += 1
        summary.fates[outcome.fate] += 1
        if entry.at is not None:
            summary.first_at = summary.first_at or entry.at
            summary.last_at = entry.at


def _subscription(file: File, options: ReplayOptions) -> str:
    """Name this replay: the same file in the same way, wherever it lies."""
    how = hashlib.sha256(
        f"{options.shift} {options.clock}".encode()
        + (b"" if options.map is None else options.map.read_bytes())
    )
    return f"{file.sha256()[:32]}-{how.hexdigest()[:8]}"


def _position(memory: Memory, subscription: str, options: ReplayOptions) -> Position:
    cursor = memory.cursors.get(NAME, subscription)
    if cursor is None or options.restart:
        return Position()
    position = Position.of(cursor)
    return Position() if position.done else position


def _reading(clock: SetClock | None, position: Position) -> Reading:
    if clock is not None:
        return Reading(Transport.STREAM, None, position.shift)
    return Reading(Transport.REPLAY, WallClock().now, position.shift)


def _shift(reader: Reader, options: ReplayOptions) -> timedelta:
    now = WallClock().now()
    times = (
        entry.at for entry in reader.entries(Reading(Transport.REPLAY)) if entry.at is not None
    )
    anchor = next(times, None) if options.speed == 1 else max(times, default=None)
    return timedelta(0) if anchor is None else now - anchor
