"""A folder of ours against one of Kafka's own formatter."""

from __future__ import annotations

from pathlib import Path

from aiokafka.record import MemoryRecords

from deploy.local.kafka import Kafka
from deploy.local.storage import ask_formatter, format_folder


def features(folder: Path) -> list[tuple[int, bytes | None, bytes | None]]:
    """The records of a new cluster's metadata; the times when they were written left out."""
    batches = MemoryRecords((folder / "bootstrap.checkpoint").read_bytes())
    records = []
    while batches.has_next():
        batch = batches.next_batch()
        assert batch is not None
        records += [(record.offset, record.key, record.value) for record in batch]
    return records


def keys(folder: Path) -> set[str]:
    lines = (folder / "meta.properties").read_text().splitlines()
    return {line.partition("=")[0] for line in lines if not line.startswith("#")}


async def test_is_what_the_formatter_makes(kafka: Kafka, tmp_path: Path) -> None:
    theirs = await ask_formatter(tmp_path / "kafka")
    ours = tmp_path / "ours"
    format_folder(ours)
    assert {path.name for path in ours.iterdir()} == {path.name for path in theirs.iterdir()}
    assert keys(ours) == keys(theirs)
    # Written for an older Kafka? `python -m deploy.local.storage` writes it anew.
    assert features(ours) == features(theirs)
    assert len(features(ours)) > 2  # between a snapshot's head and its foot
