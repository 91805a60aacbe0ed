"""Four years of one museum's real posts, mapped from somebody else's columns: none goes missing."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from schemas import EngagementSnapshot, Post, decode
from services.common.settings import KafkaSettings, ServiceSettings
from services.ingest.connectors.replay import ReplayOptions, run_replay
from services.ingest.observations import Fate
from tests.integration.ingest.support import apply_museums, museum, posts, read

MAP = """
fields:
  post_id: {column: id, prefix: "x:"}
  created_at: created_at
  text: text
  author.handle: author
  hashtags: hashtags
  likes: likes
  reposts: reposts
  replies: replies
  counted_at: {column: created_at, plus_seconds: 604800}
constants:
  platform: x
"""


async def test_posts_in_are_published_unmatched_or_dead_letters(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    folder = os.environ.get("PASSAPAROLA_DATA")
    file = Path(folder or "", "bristol-museum-2015-2019.jsonl")
    if folder is None or not file.exists():
        pytest.skip("no posts: PASSAPAROLA_DATA has no bristol-museum-2015-2019.jsonl")
    bristol = museum(
        "bristol-museum",
        hashtags=[{"raw": "BristolMuseum"}],
        words=["Bristol Museum"],
        handles={"x": [{"name": "bristolmuseum"}]},
    )
    await apply_museums(kafka_settings, bristol)
    mapping, report = tmp_path / "map.yaml", tmp_path / "report.jsonl"
    mapping.write_text(MAP)
    settings = ServiceSettings(kafka=kafka_settings)
    summary = await run_replay(settings, ReplayOptions(file, mapping, report=report))

    source = [json.loads(line) for line in file.read_bytes().splitlines()]
    told = [json.loads(line) for line in report.read_text().splitlines()]
    assert summary.lines == len(source) == 6_257
    assert [line["id"] for line in told] == [f"x:{post['id']}" for post in source]
    assert sum(summary.fates.values()) == len(source)
    fates = Counter(line["fate"] for line in told)
    assert set(fates) <= {Fate.PUBLISHED, Fate.UNMATCHED}
    assert fates[Fate.PUBLISHED] > fates[Fate.UNMATCHED]

    found = posts(await read(kafka_settings, "posts.raw"))
    assert set(found) == {line["id"] for line in told if line["fate"] == Fate.PUBLISHED}
    by_id = {f"x:{post['id']}": post for post in source}
    for post_id, value in found.items():
        post = decode(Post, value or b"")
        assert post.created_at == datetime.fromisoformat(by_id[post_id]["created_at"])
        kinds = {match.kind.value for match in post.matches}
        assert ("own" in kinds) == by_id[post_id]["by_museum"]
    snapshots = await read(kafka_settings, "posts.engagement")
    assert len(snapshots) == len(found)
    for record in snapshots:
        snapshot = decode(EngagementSnapshot, record.value or b"")
        assert snapshot.likes == by_id[snapshot.post_id]["likes"]
        assert snapshot.views is None
