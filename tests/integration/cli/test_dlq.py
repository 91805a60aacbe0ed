"""``passaparola dlq`` on a real Kafka: letters are shown without contents, brought back whole."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from schemas.topics import ENGAGEMENT, MAX_POST_BYTES, POSTS_ENRICHED, POSTS_RAW, Topic
from services.common.errors import Poison
from services.common.guard import dead_letter
from services.common.publisher import Publisher
from services.common.records import Received, Record
from services.common.settings import KafkaSettings
from tests.integration.cli.conftest import PARTITIONS, Command
from tests.integration.cli.reading import read

SECRET = b'{"text": "my secret words \xf0\x9f\x8e\xa8 \xff'
HEADERS = (("ce_type", b"passaparola.post.v1"), ("traceparent", b"00-1-2-01"), ("x", b"\x00\xff"))
NEWER = "something newer stands under its key"


async def publish(settings: KafkaSettings, *records: Record) -> None:
    async with Publisher(settings, "test") as publisher:
        await publisher.publish(records)


def record(key: str, value: bytes | None = SECRET, topic: Topic = POSTS_RAW) -> Record:
    return Record(topic, key, value, HEADERS)


async def park(
    settings: KafkaSettings, records: Sequence[Received], reason: str = "invalid"
) -> None:
    """Park records as a service does that cannot read them."""
    why = Poison(reason, "created_at: Field required")
    await publish(settings, *(dead_letter(r, reason, why, "/enrich") for r in records))


async def park_all(settings: KafkaSettings, topic: str, reason: str = "invalid") -> list[Received]:
    found = await read(settings, topic)
    await park(settings, found, reason)
    return found


async def test_counts_and_details_are_shown_without_contents(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:1"), record("x:2"), record("x:3"))
    first, *others = await read(settings, "posts.raw")
    await park(settings, [first], "from_the_future")
    await park(settings, others)

    counted = await passaparola("dlq", "show")
    assert (counted.status, counted.err) == (0, "")
    assert counted.lines == [
        "ingest.dlq: none",
        "museums.dlq: none",
        "posts.engagement.dlq: none",
        "posts.enriched.dlq: none",
        "posts.raw.dlq: 2 invalid, 1 from_the_future",
    ]
    only = await passaparola("dlq", "show", "--reason", "from_the_future")
    assert only.lines[-1] == "posts.raw.dlq: 1 from_the_future"

    shown = await passaparola("dlq", "show", "posts.raw.dlq")
    assert "secret" not in shown.out + shown.err
    told: list[dict[str, Any]] = [json.loads(line) for line in shown.lines]
    assert len(told) == 3
    letters = {f"posts.raw.dlq/{r.partition}/0" for r in (first, *others)}
    assert letters <= {letter["letter"] for letter in told}
    (letter,) = [letter for letter in told if letter["reason"] == "from_the_future"]
    assert letter.pop("at").endswith("Z")
    assert letter == {
        "letter": f"posts.raw.dlq/{first.partition}/0",
        "bytes": len(SECRET),
        "reason": "from_the_future",
        "exception": "Poison",
        "message": "created_at: Field required",
        "topic": "posts.raw",
        "partition": str(first.partition),
        "offset": str(first.offset),
        "source": "/enrich",
    }
    some = await passaparola("dlq", "show", "posts.raw.dlq", "--limit", "2")
    assert (len(some.lines), some.err) == (2, "there are more; show them with --limit 20\n")
    none = await passaparola("dlq", "show", "posts.raw.dlq", "--reason", "none")
    assert (none.status, none.out) == (0, "")


async def test_letters_come_back_into_their_partition_byte_for_byte(
    settings: KafkaSettings, passaparola: Command
) -> None:
    values = [SECRET, b"", None, b"\x00" * 900_000, *(b"%d" % n for n in range(20))]
    await publish(
        settings, *(record(f"m{n}/x:{n}", v, POSTS_ENRICHED) for n, v in enumerate(values))
    )
    before = await park_all(settings, "posts.enriched")
    assert {r.partition for r in before} == set(range(PARTITIONS))

    replayed = await passaparola("dlq", "replay", "posts.enriched.dlq")
    assert (replayed.status, replayed.err) == (0, "")
    assert replayed.lines == [f"{len(values)} brought back"]

    def said(r: Received) -> tuple[Any, ...]:
        return r.partition, r.key, r.value, tuple(r.headers.items())

    found = await read(settings, "posts.enriched")
    assert Counter(map(said, found)) == Counter(2 * [said(r) for r in before])


async def test_no_letter_is_brought_back_twice(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:1"))
    (parked,) = await park_all(settings, "posts.raw")
    await park(settings, [parked])  # once more: whoever parked it was killed before it could commit
    first = await passaparola("dlq", "replay", "posts.raw.dlq")
    assert first.lines == ["1 brought back", f"1 left: {NEWER}"]
    second = await passaparola("dlq", "replay", "posts.raw.dlq")
    assert second.lines == ["0 brought back", f"2 left: {NEWER}"]
    assert len(await read(settings, "posts.raw")) == 2


async def test_a_letter_that_could_not_be_read_again_can_be_brought_back_again(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:1"))
    await park_all(settings, "posts.raw")
    await passaparola("dlq", "replay", "posts.raw.dlq")
    await park(settings, (await read(settings, "posts.raw"))[-1:])
    again = await passaparola("dlq", "replay", "posts.raw.dlq")
    assert again.lines == ["1 brought back", f"1 left: {NEWER}"]


async def test_no_post_comes_back_that_was_edited_or_removed_since(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:edited"), record("x:removed"), record("x:as-it-was"))
    await park_all(settings, "posts.raw")
    await publish(settings, record("x:edited", b"an edit"), record("x:removed", None))

    replayed = await passaparola("dlq", "replay", "posts.raw.dlq")
    assert replayed.lines == ["1 brought back", f"2 left: {NEWER}"]
    last = {(r.key or b"").decode(): r.value for r in await read(settings, "posts.raw")}
    assert last == {"x:edited": b"an edit", "x:removed": None, "x:as-it-was": SECRET}


async def test_only_letters_of_the_reason_that_was_mended_come_back(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:1"), record("x:2"))
    one, two = await read(settings, "posts.raw")
    await park(settings, [one], "invalid")
    await park(settings, [two], "unexpected")
    replayed = await passaparola("dlq", "replay", "posts.raw.dlq", "--reason", "unexpected")
    assert replayed.lines == ["1 brought back"]
    assert [r.key for r in await read(settings, "posts.raw")].count(two.key) == 2


async def test_whatever_happened_what_was_newest_stays_newest(
    settings: KafkaSettings, passaparola: Command
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    keys = [f"x:{n}" for n in range(12)]
    values = [b"%d" % n for n in range(60)]
    await publish(settings, *(record(chance.choice(keys), value) for value in values))
    before = await read(settings, "posts.raw")
    newest = {r.key: r for r in before}
    parked = [r for r in before if chance.random() < 0.5]
    await park(settings, parked)

    replayed = await passaparola("dlq", "replay", "posts.raw.dlq")
    expected = [r for r in parked if newest[r.key] is r]
    assert replayed.lines[0] == f"{len(expected)} brought back"
    after = await read(settings, "posts.raw")
    assert len(after) == len(before) + len(expected)
    assert {r.key: r.value for r in after} == {key: r.value for key, r in newest.items()}


async def test_one_that_is_refused_again_keeps_no_other_back(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, record("x:1"))
    (good,) = await read(settings, "posts.raw")
    # Kafka takes it, our own limit on posts does not: somebody else wrote it.
    big = Received("posts.raw", good.partition, 1, b"x:2", b"x" * (MAX_POST_BYTES + 1), {}, 0)
    await park(settings, [big], "too_large")
    await park(settings, [good])
    replayed = await passaparola("dlq", "replay", "posts.raw.dlq")
    assert (replayed.status, replayed.err) == (0, "")
    assert replayed.lines == ["1 brought back", "1 left: refused again: too_large"]


async def test_a_letter_without_a_key_is_left(
    settings: KafkaSettings, passaparola: Command
) -> None:
    await publish(settings, Record(ENGAGEMENT, None, SECRET, partition=1))
    await park_all(settings, "posts.engagement")
    replayed = await passaparola("dlq", "replay", "posts.engagement.dlq")
    assert replayed.lines == [
        "0 brought back",
        "1 left: without a key, so nothing tells what is newer",
    ]


async def test_letters_from_a_file_say_where_they_were_and_are_left(
    settings: KafkaSettings, passaparola: Command, tmp_path: Path
) -> None:
    (tmp_path / "museums.yaml").write_text(
        "museums: [{museum_id: one, name: One, timezone: Europe/Rome, words: [Museum]}]"
    )
    assert (await passaparola("museums", "apply", "museums.yaml")).status == 0
    (tmp_path / "posts.jsonl").write_bytes(b"\n" + SECRET + b"\n")
    replayed = await passaparola("replay", "posts.jsonl")
    assert replayed.lines == ["1 lines: 1 dead_letter", "  dead letters: 1 not_utf8"]

    shown = await passaparola("dlq", "show", "ingest.dlq")
    (letter,) = [json.loads(line) for line in shown.lines]
    assert (letter["file"], letter["line"], letter["byte"]) == ("posts.jsonl", "2", "1")
    assert (letter["reason"], letter["bytes"]) == ("not_utf8", len(SECRET))
    assert "secret" not in shown.out

    left = await passaparola("dlq", "replay", "ingest.dlq")
    assert (left.status, left.lines) == (
        0,
        [
            "0 brought back",
            "1 left: not from a topic: replay its file, or let its source come again",
        ],
    )


async def test_without_its_topics_it_says_what_to_do(
    bare: KafkaSettings, passaparola: Command
) -> None:
    for call in (["show"], ["show", "posts.raw.dlq"], ["replay", "posts.raw.dlq"]):
        said = await passaparola("dlq", *call)
        assert (said.status, said.out) == (1, "")
        assert said.err.endswith(".dlq does not exist; run `passaparola topics create`\n")
        assert said.err.count("\n") == 1
