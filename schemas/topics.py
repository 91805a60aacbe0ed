"""The one table of topics: who writes them, how they are keyed, placed, cleaned and kept.

Topics are created from it, manifests are checked against it, and records are placed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MAX_POST_BYTES = 256 * 1024
"""Largest value of a post, so that its row in a table stays below Faust's 1 MB."""
_SAFE_REPLICATION = 3
"""From so many replicas on one may be away, and records are still written to two."""
MAX_RECORD_BYTES = 1_000_000
MAX_DEAD_LETTER_BYTES = 2 * 1024 * 1024

TICK_PREFIX = "tick/"
HEARTBEAT_KEY = "heartbeat"


def whole_key(key: str) -> str:
    """Place by the whole key."""
    return key


def museum_of(key: str) -> str:
    """Place by the museum in a ``museum_id/...`` key."""
    return key.partition("/")[0]


@dataclass(frozen=True)
class Topic:
    """One topic. ``partitions`` is ``None`` where it follows the installation's count.

    ``has_text``: posts' text may be in its values, so what is removed must be compacted away.
    """

    name: str
    compact: bool
    retention: timedelta | None
    written_by: str
    place_by: Callable[[str], str] = whole_key
    partitions: int | None = None
    has_text: bool = False
    max_bytes: int = MAX_RECORD_BYTES
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def dead_letters(self) -> str:
        """Where records go that could not be read from this topic."""
        return f"{self.name}.dlq"

    def config(self, replication: int = 1) -> dict[str, str]:
        """Kafka's settings for this topic with so many replicas, complete."""
        policy = ["compact"] if self.compact else []
        if self.retention is not None:
            policy.append("delete")
        config = {
            "cleanup.policy": ",".join(policy),
            "retention.ms": str(_ms(self.retention)) if self.retention is not None else "-1",
            "max.message.bytes": str(self.max_bytes + 64 * 1024),
            "message.timestamp.type": "CreateTime",
        }
        if self.retention is not None:
            # Kafka deletes whole segments: one that stays open for a week outlives its records.
            config["segment.ms"] = str(_ms(6 * HOUR))
        if self.compact:
            config |= {
                "max.compaction.lag.ms": str(_ms(12 * HOUR)),
                "segment.ms": str(_ms(6 * HOUR)),
                "delete.retention.ms": str(_ms(7 * DAY)),
                "min.cleanable.dirty.ratio": "0.1",
            }
        if replication >= _SAFE_REPLICATION:
            # Else a record counts as written that one broker has, and is lost with it.
            config["min.insync.replicas"] = "2"
        return config | dict(self.extra)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


MUSEUMS = Topic("museums", True, None, "passaparola museums apply", partitions=1)
CURSORS = Topic("ingest.cursors", True, None, "ingest", partitions=1)
TRACKED = Topic("ingest.tracked", True, None, "ingest")
GAPS = Topic("ingest.gaps", False, 90 * DAY, "ingest", partitions=1)
POSTS_RAW = Topic("posts.raw", True, 7 * DAY, "ingest", has_text=True, max_bytes=MAX_POST_BYTES)
ENGAGEMENT = Topic("posts.engagement", False, 2 * DAY, "ingest")
POSTS_ENRICHED = Topic(
    "posts.enriched", True, 30 * DAY, "enrich", place_by=museum_of, has_text=True
)
ACTIVITY = Topic("museums.activity", True, 30 * DAY, "enrich")
NORMS = Topic("enrich.norms", True, None, "enrich", partitions=1)
INCIDENTS = Topic("incidents", True, 90 * DAY, "alerts", place_by=museum_of)
POST_ROWS = Topic("enrich-posts-changelog", True, None, "enrich", has_text=True)
MUSEUM_ROWS = Topic("enrich-museums-changelog", True, None, "enrich")

_READ_WITH_CARE = (POSTS_RAW, ENGAGEMENT, POSTS_ENRICHED, MUSEUMS)


def _dead_letters(name: str, partitions: int | None = None) -> Topic:
    return Topic(
        name,
        False,
        7 * DAY,
        "whoever could not read it",
        partitions=partitions,
        max_bytes=MAX_DEAD_LETTER_BYTES,
    )


INGEST_DEAD_LETTERS = _dead_letters("ingest.dlq", 1)

TOPICS: tuple[Topic, ...] = (
    MUSEUMS,
    CURSORS,
    TRACKED,
    GAPS,
    POSTS_RAW,
    ENGAGEMENT,
    POSTS_ENRICHED,
    ACTIVITY,
    NORMS,
    INCIDENTS,
    POST_ROWS,
    MUSEUM_ROWS,
    INGEST_DEAD_LETTERS,
    *(_dead_letters(topic.dead_letters, topic.partitions) for topic in _READ_WITH_CARE),
)
BY_NAME: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}


def tick_key(partition: int) -> str:
    """Return the key of the ticks that speak for one partition."""
    return f"{TICK_PREFIX}{partition}"


def is_tick_key(key: str) -> bool:
    """Tell whether a key is a tick's."""
    return key.startswith(TICK_PREFIX)


def partition_for(topic: Topic, key: str, partitions: int) -> int:
    """Choose a record's partition, as Kafka's default partitioner does for the placing key.

    Source: murmur2 and ``toPositive(hash) % partitions`` of Apache Kafka's
    ``BuiltInPartitioner``. Ticks do not come here: they name their partition.
    """
    return (_murmur2(topic.place_by(key).encode("utf-8")) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) - len(data) % 4
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    if tail := data[whole:]:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)
