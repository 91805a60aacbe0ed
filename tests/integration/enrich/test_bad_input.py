"""Input that nobody should write: parked byte for byte with its reason, or accepted by rule; the
line goes on, and over the limit the service stops and says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaProducer

from schemas import EnrichedPost
from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import (
    ENGAGEMENT,
    MAX_DEAD_LETTER_BYTES,
    MAX_RECORD_BYTES,
    POSTS_ENRICHED,
    POSTS_RAW,
    Topic,
    tick_key,
)
from services.common.errors import FATAL_STATUS
from tests.integration.enrich.scene import Scene, keys
from tests.support.events import (
    museum,
    museum_record,
    post,
    post_record,
    removal,
    snapshot,
    snapshot_record,
)
from tests.support.observer import compacted

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=2)
YEARS_AGO = datetime(2015, 6, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Bad:
    """A record that must end in the dead letters, and its reason there."""

    reason: str
    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes] = field(default_factory=dict)


def _text(**changes: object) -> bytes:
    """A post as JSON with fields changed, good or not."""
    return json.dumps(json.loads(encode(post("bad", ("louvre",), NOW))) | changes).encode()


def _snapshot(**changes: object) -> bytes:
    return json.dumps(json.loads(encode(snapshot("bluesky:bad", NOW))) | changes).encode()


def _removal(at: datetime = NOW, post_id: str = "bluesky:bad") -> dict[str, bytes]:
    return dict(ce.removal_headers(removal(post_id, at), "/tests"))


def _tick(at: datetime = NOW) -> dict[str, bytes]:
    return dict(ce.tick_headers("replay", "/tests", tick_key(0), at))


_KEY = b"bluesky:bad"
_TICK = tick_key(0).encode()
_FAT = {"type": "image", "url": "https://example.org/" + "x" * 300}
BAD = {
    "bytes that are no text": Bad("invalid", POSTS_RAW, _KEY, b"\xff\xfe\x00\x9f"),
    "text that is no JSON": Bad("invalid", POSTS_RAW, _KEY, b"Two hours in the queue"),
    "JSON that is no post": Bad("invalid", POSTS_RAW, _KEY, b"[1, 2, 3]"),
    "JSON cut short": Bad("invalid", POSTS_RAW, _KEY, _text()[:-9]),
    "half a character": Bad("invalid", POSTS_RAW, _KEY, _text(text="?").replace(b"?", b"\\ud83d")),
    "a museum id that is none": Bad(
        "invalid", POSTS_RAW, _KEY, _text(matches=[{"museum_id": "../x", "kind": "geo"}])
    ),
    "a key that is no text": Bad("bad_key", POSTS_RAW, b"\xc3\x28", _text()),
    "another's key": Bad("key_mismatch", POSTS_RAW, b"bluesky:other", _text()),
    "no key": Bad("key_mismatch", ENGAGEMENT, None, _snapshot(likes=1)),
    "seen in the future": Bad(
        "from_the_future", POSTS_RAW, _KEY, _text(observed_at=LATER.isoformat())
    ),
    "made in the future": Bad(
        "from_the_future", POSTS_RAW, _KEY, _text(created_at=LATER.isoformat())
    ),
    "counted in the future": Bad(
        "from_the_future", ENGAGEMENT, _KEY, _snapshot(observed_at=LATER.isoformat())
    ),
    "a time without a zone": Bad("invalid", POSTS_RAW, _KEY, _text(created_at="2026-01-01T10:00")),
    "a negative count": Bad("invalid", ENGAGEMENT, _KEY, _snapshot(likes=-1)),
    "a count without end": Bad("invalid", ENGAGEMENT, _KEY, _snapshot(likes=10**40)),
    "no snapshot": Bad("no_value", ENGAGEMENT, _KEY, None),
    "a null that says nothing": Bad("no_removal", POSTS_RAW, _KEY, None),
    "a removal that is broken": Bad(
        "invalid", POSTS_RAW, _KEY, None, _removal() | {"passaparola_removal": b'{"reason": '}
    ),
    "another's removal": Bad("key_mismatch", POSTS_RAW, _KEY, None, _removal(post_id="x:1")),
    "a removal at the end of time": Bad("from_the_future", POSTS_RAW, _KEY, None, _removal(NEVER)),
    "a tick of nobody": Bad("bad_tick", POSTS_RAW, _TICK, None, {"ce_time": b"2026-01-01T00:00Z"}),
    "a tick without time": Bad("bad_tick", POSTS_RAW, _TICK, None, {"passaparola_tick": b"wall"}),
    "a tick at no time": Bad("bad_tick", ENGAGEMENT, _TICK, None, _tick() | {"ce_time": b"noon"}),
    "a tick at the end of time": Bad("from_the_future", ENGAGEMENT, _TICK, None, _tick(NEVER)),
    "1 MB of nothing": Bad("invalid", ENGAGEMENT, _KEY, b"x" * MAX_RECORD_BYTES),
    "1 MB of pictures, compressed": Bad(
        "too_large", POSTS_RAW, _KEY, _text(media=[_FAT] * (MAX_RECORD_BYTES // 300))
    ),
    "enriched garbage": Bad("invalid", POSTS_ENRICHED, b"louvre/bluesky:bad", b"{}"),
    "an enriched post of no museum": Bad("bad_key", POSTS_ENRICHED, b"bluesky:bad", b"{}"),
}
HOSTILE = (
    "\u202eeslaf \u0000\u0007\ufeff\uffff \U000e0041 e\u0301\u0301\u0301 "
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 ' OR 1=1; {{7*7}} ${x} <script>"
)
ACCEPTED = {
    "unknown fields": ("bluesky:bad", _text(mood={"of": "tomorrow"}, likes="many")),
    "a post of years ago": (
        "bluesky:old",
        encode(post("old", ("louvre",), YEARS_AGO)),
    ),
    "hostile text and key": (
        f"bluesky:{HOSTILE}",
        encode(post(HOSTILE, ("louvre",), NOW, text=HOSTILE * 50)),
    ),
    "a text as long as may be": (
        "bluesky:long",
        encode(post("long", ("louvre",), NOW, text="👩" * 60_000)),
    ),
}


async def _produce(scene: Scene, bad: Bad, partition: int) -> int:
    """Write as a stranger would, past all our checks; return the offset."""
    async with AIOKafkaProducer(
        bootstrap_servers=scene.settings.bootstrap,
        max_request_size=8 * 1024 * 1024,
        compression_type="lz4",
    ) as producer:
        written = await producer.send_and_wait(
            bad.topic.name,
            bad.value,
            key=bad.key,
            partition=partition,
            headers=list(bad.headers.items()),
        )
    return int(written.offset)


@pytest.mark.timeout(180)
async def test_bad_input_is_parked_or_accepted_and_never_stops_the_line(scene: Scene) -> None:
    await scene.write([museum_record(museum("louvre"), NOW)])
    worker = scene.worker()
    places: dict[str, tuple[str, int, int]] = {}
    for number, (name, bad) in enumerate(BAD.items()):
        offset = await _produce(scene, bad, number % 4)
        places[name] = bad.topic.name, number % 4, offset
        good = post(f"good{number}", ("louvre",), NOW)
        counted = snapshot(good.post_id, NOW, likes=number)
        await scene.write([post_record(good), snapshot_record(counted)])
    for key, value in ACCEPTED.values():
        await _produce(scene, Bad("", POSTS_RAW, key.encode(), value), 0)
    await scene.handled()

    letters = {
        (record.topic.removesuffix(".dlq"), record.partition, int(record.headers["dlq_offset"])): (
            record
        )
        for topic in (POSTS_RAW, ENGAGEMENT, POSTS_ENRICHED)
        for record in await scene.read(topic.dead_letters)
    }
    reasons = {
        name: letters[place].headers["dlq_reason"].decode() if place in letters else "not parked"
        for name, place in places.items()
    }
    assert reasons == {name: bad.reason for name, bad in BAD.items()}
    assert letters.keys() == set(places.values()), "something good was parked"
    for name, bad in BAD.items():
        topic, partition, _ = places[name]
        letter = letters[places[name]]
        assert (letter.key, letter.value) == (bad.key, bad.value), name
        assert letter.headers.items() >= bad.headers.items(), name
        assert letter.headers["dlq_topic"] == topic.encode()
        assert letter.headers["dlq_partition"] == str(partition).encode()

    enriched = compacted(
        record
        for record in await scene.read(POSTS_ENRICHED.name)
        if (record.topic, record.partition, record.offset) not in places.values()
    )
    wanted = {f"louvre/bluesky:good{number}" for number in range(len(BAD))}
    wanted |= {f"louvre/{key}" for key, _ in ACCEPTED.values()}
    assert enriched.keys() == wanted
    hostile = EnrichedPost.model_validate_json(enriched[f"louvre/bluesky:{HOSTILE}"])
    assert hostile.text == HOSTILE * 50
    for number in range(len(BAD)):
        found = EnrichedPost.model_validate_json(enriched[f"louvre/bluesky:good{number}"])
        assert found.counters is not None
        assert found.counters.likes == number
    assert worker.process.running
    assert HOSTILE not in worker.log()
    assert "queue" not in worker.log(), "a post's text is in the log"


async def test_what_no_dead_letter_can_hold_is_cut_and_stops_nothing(scene: Scene) -> None:
    await scene.write([museum_record(museum("louvre"), NOW)])
    scene.worker()
    huge = b"x" * (MAX_DEAD_LETTER_BYTES + 1)
    await _produce(scene, Bad("invalid", ENGAGEMENT, _KEY, huge), 0)
    await scene.handled()
    [letter] = await scene.read(ENGAGEMENT.dead_letters)
    assert letter.value == huge[:-1]
    assert letter.headers["dlq_cut_from"] == str(len(huge)).encode()


@pytest.mark.timeout(180)
async def test_over_the_limit_it_stops_and_says_so_and_loses_nothing(scene: Scene) -> None:
    await scene.write([museum_record(museum("louvre"), NOW)])
    bad = Bad("invalid", POSTS_RAW, _KEY, b"not a post")
    for _ in range(30):
        await _produce(scene, bad, 0)
    worker = scene.worker(env={"PASSAPAROLA_GUARD__MAX_CONSECUTIVE": "20"})
    assert await worker.ended(within=60) == FATAL_STATUS
    said = [json.loads(line) for line in worker.log().splitlines() if "service_failed" in line]
    assert said, worker.log()[-2000:]
    assert "20 in a row" in said[0]["detail"]
    assert "passaparola dlq show" in said[0]["detail"]
    shown = await scene.read(POSTS_RAW.dead_letters)
    assert len(shown) == 20, "what the message points to is not there"

    good = post("good", ("louvre",), NOW)
    await scene.write([post_record(good)])
    scene.worker(env={"PASSAPAROLA_GUARD__MAX_CONSECUTIVE": "1000"})
    await scene.handled()
    parked = {r.headers["dlq_offset"] for r in await scene.read(POSTS_RAW.dead_letters)}
    assert parked == {str(offset).encode() for offset in range(30)}
    assert f"louvre/{good.post_id}" in keys(await scene.read(POSTS_ENRICHED.name))
