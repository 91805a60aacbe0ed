"""Brokers and the archive of Kafka's classes: they take it when it is whole, else do without it."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from deploy.local import jars
from deploy.local.archive import with_archive
from deploy.local.java import Java
from deploy.local.kafka import Kafka


def archive_of(kafka: Kafka) -> Path | None:
    """The archive that the broker's process works with."""
    (process,) = (
        process
        for process in psutil.Process().children()
        if process.name() == "java" and str(kafka.data) in " ".join(process.cmdline())
    )
    taken = {Path(held.path) for held in process.memory_maps() if held.path.endswith(".aot")}
    return taken.pop() if taken else None


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere nobody may see what a process holds")
async def test_a_broker_takes_it(kafka: Kafka) -> None:
    archive = archive_of(kafka)
    assert archive is not None
    assert [path.suffix for path in archive.parent.glob(f"{archive.stem}*")] == [".aot"]


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere nobody may see what a process holds")
@pytest.mark.parametrize("damage", ["half", "bits"])
async def test_a_broken_one_is_done_without(kafka: Kafka, tmp_path: Path, damage: str) -> None:
    archive = archive_of(kafka)
    assert archive is not None
    content = bytearray(archive.read_bytes())
    middle = len(content) // 2
    if damage == "half":
        del content[middle:]
    else:
        content[middle : middle + 4096] = bytes(byte ^ 255 for byte in content[middle:][:4096])
    broken = tmp_path / "broken.aot"
    broken.write_bytes(content)
    java = Java(await jars.install(lambda _: None), with_archive(broken))
    async with Kafka(tmp_path / "kafka", java=java) as broker:
        assert archive_of(broker) is None
    assert "aot" not in (tmp_path / "kafka" / "kafka.log").read_text().lower()
