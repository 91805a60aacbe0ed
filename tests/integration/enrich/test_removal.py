"""What is removed is gone: from topics, tables and the broker's disk, not only from the view."""

from __future__ import annotations

import os
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas import RemovalReason
from schemas.topics import POST_ROWS, POSTS_ENRICHED, POSTS_RAW, TOPICS, Topic
from services.enrich.post_row import PostRow
from tests.integration.enrich.scene import PARTITIONS, Scene
from tests.support.events import (
    museum,
    museum_record,
    post,
    post_record,
    removal,
    removal_record,
    snapshot,
    snapshot_record,
    tick_records,
)
from tests.support.observer import compacted
from tests.support.waiting import until_complete

# The product's hours as seconds; stored as it is, so that it can be looked for.
_IN_SECONDS = {
    "segment.ms": "1000",
    "max.compaction.lag.ms": "1000",
    "delete.retention.ms": "1000",
    "compression.type": "uncompressed",
}
WITH_TEXT = (POSTS_RAW, POSTS_ENRICHED, POST_ROWS)


@pytest.fixture
def topics() -> tuple[Topic, ...]:
    """The topics with text, cleaned within seconds."""
    assert [t.name for t in TOPICS if t.has_text] == [t.name for t in WITH_TEXT]
    return tuple(replace(t, extra=_IN_SECONDS) if t.has_text else t for t in TOPICS)


@pytest.mark.timeout(180)
async def test_a_removed_text_leaves_the_brokers_disk(scene: Scene) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    then = now - timedelta(hours=22)
    secret, kept = f"secret-{uuid.uuid4()}", f"kept-{uuid.uuid4()}"
    about = ("louvre", "uffizi")
    first = post("removed", about, then, text=f"{secret} in the first version")
    edited = first.model_copy(update={"version": 2, "text": f"{secret} in the edit"})
    stays = [post(f"stays{n}", ("louvre",), then, text=f"{kept} {n}") for n in range(8)]
    await scene.write([museum_record(museum(museum_id), then) for museum_id in about])
    scene.worker()
    await scene.write([post_record(first), *(post_record(one) for one in stays)])
    await scene.write([snapshot_record(snapshot(first.post_id, then, likes=900))])
    await scene.write([post_record(edited), *tick_records(then, PARTITIONS)])
    await scene.handled()
    for topic in WITH_TEXT:
        assert _holding(scene, secret, topic.name), f"the search finds nothing in {topic.name}"

    await scene.write([removal_record(removal(first.post_id, then))])
    hours = iter(range(1, 44))

    async def lack() -> str | None:
        # An hour of ticks a look: Kafka cleans a partition only when something is appended.
        await scene.write(tick_records(then + timedelta(hours=next(hours)), PARTITIONS))
        found = _holding(scene, secret)
        return f"the end of the text in {sorted(map(str, found))}" if found else None

    await until_complete(lack, within=60, every=1.5)
    enriched = compacted(await scene.read(POSTS_ENRICHED.name))
    assert enriched.keys() == {f"louvre/{one.post_id}" for one in stays}
    assert all(kept.encode() in value for value in enriched.values())
    rows = compacted(await scene.read(POST_ROWS.name))
    assert rows.keys() == {first.post_id, *(one.post_id for one in stays)}
    left = PostRow.model_validate_json(rows[first.post_id])
    assert left.mark is not None
    assert left.mark.reason == RemovalReason.AUTHOR_DELETE


def _holding(scene: Scene, text: str, topic: str = "") -> list[Path]:
    """Files on the broker's disk that hold a text, dead letters left out."""
    found = []
    for folder, _, names in os.walk(scene.kafka.data):  # passes over a folder that goes meanwhile
        if not Path(folder).name.startswith(topic) or ".dlq-" in folder:
            continue
        for path in (Path(folder) / name for name in names):
            try:
                if text.encode() in path.read_bytes():
                    found.append(path)
            except FileNotFoundError:  # cleaned away as we looked
                continue
    return found
