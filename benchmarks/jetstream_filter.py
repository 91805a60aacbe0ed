"""How many Jetstream events a second are filtered: ``python -m benchmarks.jetstream_filter``.

Real frames with ``--data FILE`` (JSONL of the v1 wire), else frames made up in the proportions of
the network: 69 likes, 11 posts, 10 reposts, 10 of others in a hundred; 1 like or repost in 20 is a
delete. Where acts are counted, 20,000 posts are tracked, and 1 like or repost in 1,000 is of one.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas import TrackedPost
from services.ingest.connectors.bluesky_stream_counts import StreamCounts
from services.ingest.connectors.bluesky_wire import concerns_us, instant, read_frame, time_us_of
from services.ingest.tracked import TrackedPosts

NOW = datetime(2026, 7, 4, 14, 38, 9, tzinfo=UTC)
START_US = 1_783_175_888_000_000
TRACKED = 20_000
MIX = (
    ("app.bsky.feed.like", 69),
    ("app.bsky.feed.post", 11),
    ("app.bsky.feed.repost", 10),
    ("app.bsky.graph.follow", 10),
)


def make_frames(count: int, seed: int) -> list[bytes]:
    """Return frames in the network's proportions; one post in six has a hashtag."""
    chance = random.Random(seed)
    kinds = [kind for kind, _ in MIX]
    weights = [weight for _, weight in MIX]
    frames = []
    for n in range(count):
        kind = chance.choices(kinds, weights)[0]
        did = f"did:plc:{chance.randrange(36**8):024d}"
        record: dict[str, object] = {"$type": kind, "createdAt": "2026-07-04T14:38:06.240Z"}
        if kind == "app.bsky.feed.post":
            record |= {"langs": ["en"], "text": "a lovely afternoon " * chance.randint(1, 12)}
            if chance.random() < 1 / 6:
                tag = {"$type": "app.bsky.richtext.facet#tag", "tag": "museum"}
                index = {"byteStart": 0, "byteEnd": 7}
                record["facets"] = [{"index": index, "features": [tag]}]
        else:
            ours = chance.random() < 1 / 1000
            subject = tracked_uri(chance.randrange(TRACKED)) if ours else _uri(did)
            record["subject"] = {"cid": "bafyrei" + "a" * 52, "uri": subject}
        undone = kind in ("app.bsky.feed.like", "app.bsky.feed.repost") and chance.random() < 1 / 20
        commit: dict[str, object] = {
            "rev": "3mptbypcq372f",
            "operation": "delete" if undone else "create",
            "collection": kind,
            "rkey": f"{n}",
        }
        if not undone:
            commit |= {"record": record, "cid": "bafyrei" + "b" * 52}
        frame = {"did": did, "time_us": START_US + n, "kind": "commit", "commit": commit}
        frames.append(json.dumps(frame, separators=(",", ":")).encode())
    return frames


def _uri(did: str) -> str:
    return f"at://{did}/app.bsky.feed.post/3mptbyoeyc22k"


def tracked_uri(number: int) -> str:
    """Return the at-uri of one of the posts that are tracked."""
    return _uri(f"did:plc:{number:024d}")


def tracked_posts() -> TrackedPosts:
    """Return a view of posts that were all looked at a minute ago."""
    tracked = TrackedPosts()
    for number in range(TRACKED):
        row = TrackedPost(
            post_id=f"bluesky:{tracked_uri(number)}",
            platform="bluesky",
            version=1,
            created_at=NOW,
            tracked_at=NOW,
            looked_at=NOW - timedelta(minutes=1),
        )
        tracked.wrote(row.post_id, row, 0, -1)
    return tracked


def everything(frame: bytes) -> bool:
    """Read every frame, without any filter: what it is compared with."""
    json.loads(frame)
    return True


def with_words(frame: bytes) -> bool:
    """Do what the connector does where museums have words or handles."""
    time_us_of(frame)
    return concerns_us(frame, tags_suffice=False) and read_frame(frame, NOW) is not None


def tags_only(frame: bytes) -> bool:
    """Do what the connector does where no museum has words or handles."""
    time_us_of(frame)
    return concerns_us(frame, tags_suffice=True) and read_frame(frame, NOW) is not None


def counting(tags_suffice: bool) -> Callable[[bytes], bool]:
    """Return what the connector does where it counts likes, reposts, quotes and replies too."""
    stream = StreamCounts(tracked_posts())
    heard = 0

    def count(frame: bytes) -> bool:
        nonlocal heard
        heard += 1
        if heard % 500 == 0:  # as at each batch
            stream.settle()
            stream.tallies(NOW)
        time_us = time_us_of(frame)
        if time_us is not None:
            stream.note(instant(time_us))
        if not (concerns_us(frame, tags_suffice) or stream.concerns(frame)):
            return False
        fact = read_frame(frame, NOW)
        stream.hear(frame, fact, NOW)
        return True

    return count


METHODS: dict[str, Callable[[bytes], bool]] = {
    "json.loads of everything": everything,
    "museums with words or handles": with_words,
    "museums with hashtags only": tags_only,
    "words or handles, acts counted": counting(tags_suffice=False),
    "hashtags only, acts counted": counting(tags_suffice=True),
}


def measure(frames: list[bytes], seconds: float) -> list[dict[str, str | int]]:
    """Run each method over the frames again and again for some seconds."""
    rows: list[dict[str, str | int]] = []
    for name, method in METHODS.items():
        events, passed = 0, 0
        started = time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds:
            passed = sum(map(method, frames))
            events += len(frames)
        rows.append(
            {
                "method": name,
                "events_per_second": round(events / spent),
                "passed_of": f"{passed}/{len(frames)}",
            }
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a JSONL file of v1 frames")
    parser.add_argument("--frames", type=int, default=10_000, help="how many to make up")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    frames = (
        make_frames(given.frames, given.seed)
        if given.data is None
        else given.data.read_bytes().splitlines()
    )
    rows = measure(frames, given.seconds)
    print(f"{'':<32} {'events/s':>12} {'passed':>14}")
    for row in rows:
        print(f"{row['method']:<32} {row['events_per_second']:>12,} {row['passed_of']:>14}")
    source = "made up" if given.data is None else given.data.name
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    print(json.dumps({"benchmark": "jetstream_filter", "frames": source, **machine, "rows": rows}))


if __name__ == "__main__":
    main()
