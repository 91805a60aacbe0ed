"""The table of topics holds what the promises need: places, cleaning, dead letters, sizes."""

from __future__ import annotations

import pytest

from schemas.topics import (
    BY_NAME,
    ENGAGEMENT,
    INGEST_DEAD_LETTERS,
    MAX_DEAD_LETTER_BYTES,
    MUSEUM_ROWS,
    POST_ROWS,
    POSTS_ENRICHED,
    POSTS_RAW,
    TOPICS,
    TRACKED,
    Topic,
    museum_of,
    whole_key,
)
from services.common.guard import dead_letter_topic
from services.common.settings import KafkaSettings

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

DESIGN = {  # topic: cleanup, days kept, placed by
    "museums": ("compact", None, "key"),
    "ingest.cursors": ("compact", None, "key"),
    "ingest.tracked": ("compact", None, "key"),
    "ingest.gaps": ("delete", 90, "key"),
    "posts.raw": ("compact,delete", 7, "key"),
    "posts.engagement": ("delete", 2, "key"),
    "posts.enriched": ("compact,delete", 30, "museum"),
    "museums.activity": ("compact,delete", 30, "key"),
    "enrich.norms": ("compact", None, "key"),
    "incidents": ("compact,delete", 90, "museum"),
    "enrich-posts-changelog": ("compact", None, "key"),
    "enrich-museums-changelog": ("compact", None, "key"),
}
DEAD_LETTERS = {"ingest.dlq", *(f"{name}.dlq" for name in ("posts.raw", "posts.engagement"))} | {
    "posts.enriched.dlq",
    "museums.dlq",
}


def test_there_are_the_topics_of_the_design_and_no_others() -> None:
    assert set(BY_NAME) == {*DESIGN, *DEAD_LETTERS}


@pytest.mark.parametrize("name", sorted(DESIGN))
def test_a_topic_is_cleaned_kept_and_placed_as_designed(name: str) -> None:
    topic, (cleanup, days, placed_by) = BY_NAME[name], DESIGN[name]
    config = topic.config()
    assert config["cleanup.policy"] == cleanup
    assert int(config["retention.ms"]) == (-1 if days is None else days * DAY_MS)
    assert topic.place_by is (whole_key if placed_by == "key" else museum_of)
    assert config["message.timestamp.type"] == "CreateTime"


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic.has_text])
def test_what_is_removed_is_gone_within_a_day(topic: Topic) -> None:
    config = topic.config()
    assert "compact" in config["cleanup.policy"].split(",")
    lag, segment = int(config["max.compaction.lag.ms"]), int(config["segment.ms"])
    assert lag <= 12 * HOUR_MS
    assert segment <= 6 * HOUR_MS
    assert lag + segment < DAY_MS
    assert int(config["delete.retention.ms"]) == 7 * DAY_MS


def test_text_is_where_we_say_that_it_is() -> None:
    assert {topic.name for topic in TOPICS if topic.has_text} == {
        "posts.raw",
        "posts.enriched",
        "enrich-posts-changelog",
    }


@pytest.mark.parametrize("name", sorted(DEAD_LETTERS))
def test_dead_letters_go_after_a_week_and_hold_the_largest_record(name: str) -> None:
    topic = BY_NAME[name]
    config = topic.config()
    assert config["cleanup.policy"] == "delete"
    assert int(config["retention.ms"]) == 7 * DAY_MS
    assert topic.max_bytes == MAX_DEAD_LETTER_BYTES
    largest = max(int(t.config()["max.message.bytes"]) for t in TOPICS if t.name in DESIGN)
    assert int(config["max.message.bytes"]) > largest


@pytest.mark.parametrize("name", sorted(DEAD_LETTERS - {"ingest.dlq"}))
def test_a_dead_letter_keeps_its_records_partition(name: str) -> None:
    source = BY_NAME[name.removesuffix(".dlq")]
    assert dead_letter_topic(source.name) == BY_NAME[name]
    assert BY_NAME[name].partitions == source.partitions


def partitions(topic: Topic) -> int:
    return topic.partitions or KafkaSettings().partitions


def test_topics_whose_rows_travel_together_have_equal_partitions() -> None:
    assert partitions(POSTS_RAW) == partitions(ENGAGEMENT) == partitions(POST_ROWS)
    assert partitions(POSTS_ENRICHED) == partitions(MUSEUM_ROWS)
    for name in ("posts.raw", "posts.enriched", "museums.activity", "incidents", TRACKED.name):
        assert BY_NAME[name].partitions is None, "it follows the installation"
    assert INGEST_DEAD_LETTERS.partitions == 1


def test_a_row_of_the_largest_post_fits_into_its_changelog() -> None:
    # The row holds the post once, and what was found in it.
    assert 2 * POSTS_RAW.max_bytes < POST_ROWS.max_bytes
    assert POST_ROWS.max_bytes <= 1_048_576
    assert 2 * POSTS_RAW.max_bytes < POSTS_ENRICHED.max_bytes


@pytest.mark.parametrize("topic", TOPICS)
def test_the_broker_takes_what_we_allow(topic: Topic) -> None:
    assert int(topic.config()["max.message.bytes"]) > topic.max_bytes
    assert all(topic.config().values())


@pytest.mark.parametrize(("replication", "kept"), [(1, None), (2, None), (3, "2"), (5, "2")])
def test_with_three_replicas_a_record_is_written_to_two_at_least(
    replication: int, kept: str | None
) -> None:
    for topic in TOPICS:
        assert topic.config(replication).get("min.insync.replicas") == kept
