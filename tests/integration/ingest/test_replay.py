"""Replay on a real Kafka: fates, order, ticks, and what a ``kill -9`` leaves behind."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from schemas import Cursor, EngagementSnapshot, Post, Transport, decode
from schemas import cloudevents as ce
from schemas.topics import tick_key
from services.common.settings import KafkaSettings, ServiceSettings
from services.ingest.connectors.replay import ReplayOptions, ReplayRefused, run_replay
from services.ingest.observations import Fate
from tests.integration.ingest.support import NOW, apply_museums, museum, posts, read, until


def line(number: int, **fields: Any) -> bytes:
    given = {
        "post_id": f"x:{number}",
        "created_at": (NOW + timedelta(seconds=number)).isoformat(),
        "text": f"number {number} #egizio",
    }
    return json.dumps(given | fields).encode() + b"\n"


@pytest.fixture
async def settings(kafka_settings: KafkaSettings) -> ServiceSettings:
    await apply_museums(kafka_settings, museum())
    return ServiceSettings(kafka=kafka_settings)


async def test_every_line_has_a_fate(settings: ServiceSettings, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(
        line(1)
        + line(2, text="elsewhere")
        + b"garbage\n"
        + b'\xff\xfe{"post_id"\n'
        + line(3, likes=-1)
        + line(4, created_at="2099-01-01T00:00:00Z")
        + line(5, text="x" * 300_000 + " #egizio")
        + line(6, likes=4)
        + json.dumps({"type": "removal", "post_id": "x:1", "observed_at": NOW.isoformat()}).encode()
    )
    report = tmp_path / "report.jsonl"
    summary = await run_replay(settings, ReplayOptions(file, report=report))
    told = [json.loads(text) for text in report.read_text().splitlines()]
    assert [(t["line"], t["id"], t["fate"], t["reason"]) for t in told] == [
        (1, "x:1", "published", None),
        (2, "x:2", "unmatched", None),
        (3, None, "dead_letter", "not_json"),
        (4, None, "dead_letter", "not_utf8"),
        (5, None, "dead_letter", "negative_count"),
        (6, "x:4", "dead_letter", "from_the_future"),
        (7, None, "dead_letter", "invalid_field"),
        (8, "x:6", "published", None),
        (9, "x:1", "removed", None),
    ]
    assert summary.lines == 9
    assert summary.fates == Counter(
        {Fate.PUBLISHED: 2, Fate.UNMATCHED: 1, Fate.DEAD_LETTER: 5, Fate.REMOVED: 1}
    )
    raw = posts(await read(settings.kafka, "posts.raw"))
    assert raw.keys() == {"x:1", "x:6"}
    assert raw["x:1"] is None
    assert raw["x:6"] is not None
    post = decode(Post, raw["x:6"])
    assert post.ingest.transport is Transport.REPLAY
    (snapshot,) = await read(settings.kafka, "posts.engagement")
    assert snapshot.value is not None
    assert decode(EngagementSnapshot, snapshot.value).likes == 4
    letters = await read(settings.kafka, "ingest.dlq")
    assert letters[0].value == b"garbage"
    assert letters[1].value == b'\xff\xfe{"post_id"'
    assert letters[0].headers["dlq_file"] == b"posts.jsonl"
    assert letters[0].headers["dlq_line"] == b"3"
    assert int(letters[0].headers["dlq_byte"]) == len(line(1) + line(2, text="elsewhere"))


async def test_a_killed_replay_goes_on_where_it_was(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    count = 6_000
    file = tmp_path / "posts.jsonl.gz"
    file.write_bytes(gzip.compress(b"".join(line(n) for n in range(count))))
    report = tmp_path / "report.jsonl"
    command = [
        sys.executable,
        "-m",
        "tests.integration.ingest.replay_process",
        settings.kafka.bootstrap,
        str(file),
        str(report),
    ]
    kills = 0
    for after in (700, 2_500, 4_000):
        process = await asyncio.create_subprocess_exec(*command)

        async def reached(after: int = after) -> bool:
            text = report.read_bytes() if report.exists() else b""
            return text.count(b"\n") >= after

        await until(reached, within=30)
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        await process.wait()
    assert kills == 3
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0

    told = [json.loads(text) for text in report.read_text().splitlines()]
    assert [t["line"] for t in told] == list(range(1, count + 1))
    records = await read(settings.kafka, "posts.raw")
    values: dict[bytes, set[bytes]] = {}
    for record in records:
        post = json.loads(record.value or b"{}")
        del post["ingest"]["received_at"]  # our clock
        values.setdefault(record.key or b"", set()).add(json.dumps(post).encode())
    assert len(values) == count
    assert all(len(said) == 1 for said in values.values())
    # No more than one batch is repeated for each kill.
    assert len(records) <= count + 3 * 500
    cursors = [
        decode(Cursor, r.value) for r in await read(settings.kafka, "ingest.cursors") if r.value
    ]
    assert cursors[-1].position["done"] == 1
    assert cursors[-1].position["line"] == count


async def test_a_finished_file_is_replayed_anew(settings: ServiceSettings, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(line(1) + line(2))
    for _ in range(2):
        summary = await run_replay(settings, ReplayOptions(file))
        assert (summary.resumed_after, summary.lines) == (0, 2)


async def test_as_the_clock_it_writes_ticks_behind_what_they_cover(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"".join(line(n * 10) for n in range(60)))
    await run_replay(settings, ReplayOptions(file, clock=True, run_out=timedelta(minutes=2)))
    seen: dict[int, datetime] = {}
    ticks: dict[str, set[datetime]] = {}
    for topic in ("posts.raw", "posts.engagement"):
        seen.clear()
        for record in await read(settings.kafka, topic):
            at = ce.ce_time(record.headers)
            if ce.tick_kind(record.headers):
                assert record.key == tick_key(record.partition).encode()
                assert ce.tick_kind(record.headers) == "replay"
                seen[record.partition] = at
                ticks.setdefault(topic, set()).add(at)
            else:
                assert record.partition not in seen or at >= seen[record.partition]
                post = decode(Post, record.value or b"")
                assert post.ingest.transport is Transport.STREAM
                assert post.ingest.received_at == post.observed_at == at
    last = NOW + timedelta(seconds=590)
    assert ticks["posts.raw"] == ticks["posts.engagement"]
    assert min(ticks["posts.raw"]) == NOW + timedelta(seconds=30)
    assert max(ticks["posts.raw"]) >= last + timedelta(minutes=2)
    times = sorted(ticks["posts.raw"])
    assert {b - a for a, b in pairwise(times)} == {timedelta(seconds=30)}

    earlier = tmp_path / "earlier.jsonl"
    earlier.write_bytes(line(1))
    with pytest.raises(ReplayRefused, match="never goes back"):
        await run_replay(settings, ReplayOptions(earlier, clock=True))


async def test_shifted_times_end_now(settings: ServiceSettings, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(line(0) + line(3600))
    before = datetime.now(UTC)
    await run_replay(settings, ReplayOptions(file, shift=True))
    raw = posts(await read(settings.kafka, "posts.raw"))
    first, last = (decode(Post, raw[key] or b"").created_at for key in ("x:0", "x:3600"))
    assert last - first == timedelta(hours=1)
    assert abs(last - before) < timedelta(seconds=30)


async def test_without_museums_it_says_what_to_do(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(line(1))
    with pytest.raises(ReplayRefused, match="museums apply"):
        await run_replay(ServiceSettings(kafka=kafka_settings), ReplayOptions(file))
