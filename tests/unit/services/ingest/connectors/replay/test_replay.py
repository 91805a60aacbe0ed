"""Pace and ticks of a replay, with a clock that the test holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas import Transport
from services.common.clock import SetClock
from services.ingest.connectors.replay.facts import Reading
from services.ingest.connectors.replay.lines import File, ReplayRefused
from services.ingest.connectors.replay.reader import Reader
from services.ingest.connectors.replay.replay import Position, Replay, ReplayBatch
from services.ingest.observations import Tick, Unreadable

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
EPOCH = datetime.fromtimestamp(0, UTC)


def write(tmp_path: Path, *seconds: float) -> File:
    path = tmp_path / "a.jsonl"
    lines = [
        {"post_id": f"x:{n}", "created_at": (START + timedelta(seconds=at)).isoformat()}
        for n, at in enumerate(seconds)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return File(path)


def replay(file: File, position: Position | None = None, **options: Any) -> Replay:
    given: dict[str, Any] = {"speed": None, "clock": None, "run_out": timedelta(0)}
    reading = Reading(Transport.REPLAY)
    return Replay(Reader(file, None), reading, position or Position(), "s", **(given | options))


async def said(source: Replay) -> tuple[list[str], list[ReplayBatch]]:
    """What a replay says, in short: ids of posts, and ticks as seconds after the start."""
    batches = [batch async for batch in source.observe()]
    facts = [o.fact for batch in batches for o in batch.observations]
    short = []
    for fact in facts:
        if isinstance(fact, Tick):
            short.append(f"+{(fact.at - START).total_seconds():.0f}")
        else:
            short.append(getattr(fact, "post_id", "bad"))
    return short, batches


async def test_ticks_stand_between_the_lines_and_run_out(tmp_path: Path) -> None:
    file = write(tmp_path, 0, 10, 29, 31, 95)
    source = replay(file, clock=SetClock(EPOCH), run_out=timedelta(seconds=40))
    assert (await said(source))[0] == [
        *("x:0", "x:1", "x:2", "+30", "x:3", "+60", "+90", "x:4", "+120", "+150")
    ]


async def test_a_tick_never_comes_behind_a_line_of_its_own_time(tmp_path: Path) -> None:
    file = write(tmp_path, 0, 30, 30, 29)
    source = replay(file, clock=SetClock(EPOCH))
    # 30 is said before the lines of 30: all earlier ones are there, and none of 30 is promised.
    assert (await said(source))[0] == ["x:0", "+30", "x:1", "x:2", "x:3", "+60"]


async def test_a_long_silence_is_stepped_through(tmp_path: Path) -> None:
    day = 24 * 3600
    source = replay(write(tmp_path, 0, 10 * day), clock=SetClock(EPOCH))
    short, _ = await said(source)
    ticks = [int(tick[1:]) for tick in short if tick.startswith("+")]
    assert len(ticks) < 120 + 240 + 240 + 10
    assert ticks == sorted(ticks)
    assert ticks[0] == 30
    # Up to the next line as fine as ever.
    assert [t for t in ticks if 10 * day - 3600 <= t <= 10 * day] == list(
        range(10 * day - 3600, 10 * day + 1, 30)
    )


async def test_the_pace_is_the_files_own_times_the_speed(tmp_path: Path) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 1))

    source = replay(write(tmp_path, 0, 60, 60, 180), speed=60.0, sleep=sleep)
    _, batches = await said(source)
    # The stand-in does not wait, so each pause is counted from the beginning. What was read
    # before a pause is not held back by it.
    assert slept == [1.0, 1.0, 3.0]
    assert [len(batch.entries) for batch in batches] == [0, 1, 1, 1, 1]


async def test_a_garbled_time_does_not_carry_the_clock_away(tmp_path: Path) -> None:
    ahead = (datetime.now(UTC) - START) + timedelta(days=3)
    clock = SetClock(EPOCH)
    file = write(tmp_path, 0, ahead.total_seconds(), 5)
    short, batches = await said(replay(file, clock=clock))
    assert short == ["x:0", "bad", "x:2", "+30"]
    bad = batches[-1].observations[1].fact
    assert isinstance(bad, Unreadable)
    assert bad.reason == "from_the_future"
    assert clock.now() < START + timedelta(minutes=1)


async def test_a_day_in_the_future_is_fine_as_the_clock(tmp_path: Path) -> None:
    ahead = (datetime.now(UTC) - START).total_seconds() // 30 * 30 + 30 * 86_400
    short, _ = await said(replay(write(tmp_path, ahead, ahead + 20), clock=SetClock(EPOCH)))
    assert short[:2] == ["x:0", "x:1"]


async def test_it_goes_on_after_its_position_and_ends_done(tmp_path: Path) -> None:
    file = write(tmp_path, 0, 1, 2)
    _, batches = await said(replay(file))
    ends = [entry.line.end for batch in batches for entry in batch.entries]
    short, batches = await said(replay(file, Position(byte=ends[0], line=1)))
    assert short == ["x:1", "x:2"]
    cursor = batches[-1].cursor
    assert cursor is not None
    assert Position.of(cursor) == Position(
        ends[-1], 3, True, at=START + timedelta(seconds=2), begun=True
    )


def stopped_after(batches: list[ReplayBatch], number: int) -> Position:
    """The position that a run which was killed behind that batch finds again."""
    cursor = batches[number].cursor
    assert cursor is not None
    return Position.of(cursor)


async def test_killed_in_a_silence_or_in_the_run_out_it_says_each_tick_that_is_due(
    tmp_path: Path,
) -> None:
    async def sleep(seconds: float) -> None:
        """The wait is over at once."""

    def run(position: Position | None = None) -> Replay:
        return replay(
            write(tmp_path, 0, 100),
            position,
            clock=SetClock(EPOCH),
            run_out=timedelta(seconds=60),
            speed=60.0,
            sleep=sleep,
        )

    whole, batches = await said(run())
    assert whole == ["x:0", "+30", "+60", "+90", "x:1", "+120", "+150", "+180"]
    for number in range(len(batches) - 1):
        before = [fact for batch in batches[: number + 1] for fact in batch.observations]
        again, _ = await said(run(stopped_after(batches, number)))
        short = whole[: len(before)]
        # It may say ticks again, of the silence that it was killed in; it leaves none out.
        assert set(short) | set(again) == set(whole)
        assert again == [each for each in whole if each in again]


async def test_killed_behind_its_first_ticks_it_may_begin_again(tmp_path: Path) -> None:
    file = write(tmp_path, 0, 3000)
    _, batches = await said(replay(file, clock=SetClock(EPOCH)))
    assert not batches[0].observations, "the first cursor stands before any tick"
    position = stopped_after(batches, 0)
    assert (position.byte, position.begun, position.done) == (0, True, False)
    assert position.at == START


async def test_time_never_goes_back(tmp_path: Path) -> None:
    source = replay(
        write(tmp_path, 0), clock=SetClock(EPOCH), not_before=START + timedelta(hours=1)
    )
    with pytest.raises(ReplayRefused, match="never goes back"):
        await said(source)
