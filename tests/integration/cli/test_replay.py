"""``passaparola replay`` on a real Kafka: killed at any moment, the same call loses no line."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.common.settings import KafkaSettings
from services.ingest.connectors.replay.replay import BATCH_LINES
from tests.integration.cli.conftest import Command
from tests.integration.cli.reading import compacted, read
from tests.integration.cli.waiting import until
from tests.unit.cli.command import environment

AT = datetime(2019, 6, 1, 12, tzinfo=UTC)
LINES = 7_000
KILLS = 6

pytestmark = pytest.mark.timeout(300)


def line(number: int) -> tuple[bytes, str]:
    """A line and the fate that it must have: most match, some do not, some cannot be read."""
    said: dict[str, Any] = {
        "post_id": f"x:{number}",
        "created_at": (AT + timedelta(seconds=number)).isoformat(),
        "text": f"{number} at the museum",
    }
    if number % 7 == 0:
        return json.dumps(said | {"text": "elsewhere"}).encode(), "unmatched"
    if number % 50 == 1:
        return b"garbage %d" % number, "dead_letter"
    return json.dumps(said | {"likes": number}).encode(), "published"


@pytest.fixture
async def museum(settings: KafkaSettings, passaparola: Command, tmp_path: Path) -> None:
    (tmp_path / "museums.yaml").write_text(
        "museums: [{museum_id: one, name: One, timezone: Europe/Rome, words: [museum]}]"
    )
    assert (await passaparola("museums", "apply", "museums.yaml")).status == 0


@asynccontextmanager
async def replaying(
    settings: KafkaSettings, folder: Path, *options: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A replay of ``posts.jsonl.gz`` in a process; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "replay", "posts.jsonl.gz"),
        *("--report", "fates.jsonl", *options),
        cwd=folder,
        env=environment(PASSAPAROLA_KAFKA__BOOTSTRAP=settings.bootstrap),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def told(folder: Path) -> list[dict[str, Any]]:
    """The report; a last line that was cut off by a kill is left out."""
    report = folder / "fates.jsonl"
    lines = report.read_text().splitlines(keepends=True) if report.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.mark.usefixtures("museum")
async def test_killed_at_random_moments_it_loses_no_line(
    settings: KafkaSettings, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    texts, fates = zip(*(line(number) for number in range(1, LINES + 1)), strict=True)
    (tmp_path / "posts.jsonl.gz").write_bytes(gzip.compress(b"\n".join(texts)))

    killed_at = []
    for _ in range(KILLS):
        async with replaying(settings, tmp_path) as process:
            wanted = len(told(tmp_path)) + chance.randrange(800)

            async def reached(wanted: int = wanted) -> bool:
                return process.returncode is not None or len(told(tmp_path)) >= wanted

            await until(reached, f"{wanted} lines are told")
            try:  # wherever it may be after that long
                await asyncio.wait_for(process.wait(), chance.uniform(0, 0.05))
            except TimeoutError:
                process.kill()
                await process.wait()
        assert process.returncode == -signal.SIGKILL
        killed_at.append(len(told(tmp_path)))
    print(f"killed after {killed_at} of {LINES} lines")
    async with replaying(settings, tmp_path) as process:
        out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    # Short of its first cursor it begins anew, and so does a file that is done.
    if BATCH_LINES < killed_at[-1] < LINES:
        assert out.startswith(b"went on after line ")

    report = told(tmp_path)
    assert [fate["line"] for fate in report] == list(range(1, LINES + 1))
    assert [fate["fate"] for fate in report] == list(fates)
    assert [fate["id"] for fate in report] == [
        None if fate == "dead_letter" else f"x:{number}" for number, fate in enumerate(fates, 1)
    ]
    published = {fate["id"]: fate["line"] for fate in report if fate["fate"] == "published"}
    posts = compacted(await read(settings, "posts.raw"))
    assert posts.keys() == published.keys()
    assert compacted(await read(settings, "ingest.tracked")).keys() == published.keys()
    likes = compacted(await read(settings, "posts.engagement"))
    assert {key: json.loads(value or b"")["likes"] for key, value in likes.items()} == published
    letters = await read(settings, "ingest.dlq")
    bad = {text for text, fate in zip(texts, fates, strict=True) if fate == "dead_letter"}
    assert {letter.value for letter in letters} == bad
    # A kill repeats one batch at most, unless the file was done: then all of it.
    anew = killed_at.count(LINES)
    assert len(letters) <= (1 + anew) * len(bad) + (KILLS - anew) * BATCH_LINES // 50


@pytest.mark.usefixtures("museum")
async def test_ctrl_c_ends_it_cleanly_and_the_same_call_goes_on(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    # An hour a line, at a speed at which the third is never reached.
    texts = [json.loads(line(2)[0]) for _ in range(3)]
    for number, text in enumerate(texts):
        text["created_at"] = (AT + timedelta(hours=number * number)).isoformat()
        text["post_id"] = f"x:{number}"
    file = tmp_path / "posts.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join(json.dumps(text).encode() for text in texts)))
    async with replaying(settings, tmp_path, "--speed", "3600") as process:

        async def begun() -> bool:
            return len(told(tmp_path)) == 2

        await until(begun, "two lines are told")
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert (process.returncode, err) == (130, b"stopped; the same call goes on from here\n")
    again = await passaparola("replay", "posts.jsonl.gz")
    assert again.lines == ["went on after line 2", "1 lines: 1 published"]


@pytest.mark.usefixtures("settings")
async def test_without_museums_it_says_what_to_do(passaparola: Command, tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_bytes(line(2)[0])
    said = await passaparola("replay", "posts.jsonl")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "error: no museums are known, so no post can match: "
        "run `passaparola museums apply museums.yaml` first\n"
    )


@pytest.mark.usefixtures("museum")
async def test_what_became_of_the_lines_is_told(passaparola: Command, tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_bytes(b"\n".join(line(number)[0] for number in range(1, 102)))
    (tmp_path / "map.yaml").write_text("fields: {post_id: id}")
    said = await passaparola("replay", "posts.jsonl")
    fates = Counter(line(number)[1] for number in range(1, 102))
    assert said.lines == [
        f"101 lines: {fates['published']} published, 14 unmatched, 3 dead_letter",
        "  dead letters: 3 not_json",
    ]
    bad = await passaparola("replay", "posts.jsonl", "--map", "map.yaml", "--report", "no/where")
    assert (bad.status, bad.err) == (1, "error: no/where: No such file or directory\n")
