from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from deploy.local.archive import quick_java, with_archive
from deploy.local.java import Java


class Trials:
    """Stands in for the broker that is started and stopped: writes what Java would, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.ends: BaseException | None = None
        self.writes = True

    async def __call__(self, java: Java, folder: Path) -> None:
        self.count += 1
        (option,) = java.options
        if self.writes:
            Path(option.removeprefix("-XX:AOTCacheOutput=")).write_bytes(b"classes")
        (folder / "topics").mkdir()
        await asyncio.sleep(0)
        if self.ends:
            raise self.ends


@pytest.fixture
def trial() -> Trials:
    return Trials()


@pytest.fixture
def class_path(tmp_path: Path) -> list[Path]:
    jars = [tmp_path / "kafka-1" / name for name in ("a.jar", "b.jar")]
    for jar in jars:
        jar.parent.mkdir(exist_ok=True)
        jar.touch()
    return jars


def archives(class_path: list[Path]) -> list[Path]:
    """All that lies beside the folder of jars but for the lock."""
    jars = class_path[0].parent
    return [path for path in jars.parent.iterdir() if path not in {jars, Path(f"{jars}.flock")}]


async def test_is_made_once_and_then_taken(trial: Trials, class_path: list[Path]) -> None:
    said: list[str] = []
    first = await quick_java(class_path, trial, said.append)
    (archive,) = archives(class_path)
    assert first == Java(class_path, with_archive(archive))
    assert archive.read_bytes() == b"classes"
    assert said == ["Preparing Apache Kafka for quicker starts, this once..."]
    assert await quick_java(class_path, trial, said.append) == first
    assert trial.count == len(said) == 1


async def test_two_at_once_make_it_once(trial: Trials, class_path: list[Path]) -> None:
    said: list[str] = []
    one, other = await asyncio.gather(
        quick_java(class_path, trial, said.append), quick_java(class_path, trial, said.append)
    )
    assert one == other
    assert trial.count == 1
    assert "Waiting for another process" in said[-1]


async def test_jars_that_were_fetched_again_have_another(
    trial: Trials, class_path: list[Path]
) -> None:
    before = await quick_java(class_path, trial, lambda _: None)
    os.utime(class_path[1], (1, 1))
    assert await quick_java(class_path, trial, lambda _: None) != before
    assert trial.count == 2


async def test_one_that_was_interrupted_is_made_anew(trial: Trials, class_path: list[Path]) -> None:
    trial.ends = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await quick_java(class_path, trial, lambda _: None)
    assert archives(class_path) == []
    trial.ends = None
    await quick_java(class_path, trial, lambda _: None)
    assert len(archives(class_path)) == 1


async def test_what_a_killed_process_left_is_not_in_the_way(
    trial: Trials, class_path: list[Path]
) -> None:
    await quick_java(class_path, trial, lambda _: None)
    (archive,) = archives(class_path)
    archive.unlink()
    (archive.with_suffix(".part") / "topics").mkdir(parents=True)
    await quick_java(class_path, trial, lambda _: None)
    assert archives(class_path) == [archive]


async def test_java_may_write_none(trial: Trials, class_path: list[Path]) -> None:
    trial.writes = False
    assert await quick_java(class_path, trial, lambda _: None) == Java(class_path)
    assert archives(class_path) == []


async def test_a_cache_that_cannot_be_written_is_done_without(
    trial: Trials, class_path: list[Path]
) -> None:
    Path(f"{class_path[0].parent}.flock").mkdir()  # nobody, not even root, opens it as a file
    assert await quick_java(class_path, trial, lambda _: None) == Java(class_path)
    assert trial.count == 0
