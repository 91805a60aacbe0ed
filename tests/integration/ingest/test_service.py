"""The service as a process on a real Kafka, with a local Bluesky: killed, refused, restarted."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import uvicorn
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from demo.jetstream import AppView, Jetstream
from deploy.local.ports import free_port
from schemas import (
    Counters,
    Cursor,
    EngagementSnapshot,
    Gap,
    Post,
    RemovalScope,
    TrackedPost,
    decode,
)
from schemas import cloudevents as ce
from services.common.clock import WallClock
from services.common.errors import Fatal
from services.common.guard import DeadLetterLimit
from services.common.publisher import Publisher
from services.common.settings import GuardSettings, KafkaSettings
from services.ingest.memory import open_memory
from services.ingest.observations import Fate, Observation
from services.ingest.pipeline import Pipeline
from services.ingest.ticks import Ticker, check_tick_kind
from tests.integration.ingest.support import apply_museums, museum, posts, read, until
from tests.unit.services.ingest.builders import make_post
from tests.unit.services.ingest.frames import (
    ANA,
    BEN,
    START_US,
    account,
    commit,
    like,
    reply,
    repost,
    uri,
)


def now_s() -> float:
    """Seconds between the frames' start and now, so that frames can be of this moment."""
    return datetime.now(UTC).timestamp() - START_US / 1_000_000


@asynccontextmanager
async def service(
    kafka: KafkaSettings, host: str, appview: str = "http://127.0.0.1:9"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m services.ingest``, listening to one host; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.ingest",
        env={
            **os.environ,
            "PASSAPAROLA_KAFKA__BOOTSTRAP": kafka.bootstrap,
            "PASSAPAROLA_HTTP__PORT": str(free_port()),
            "PASSAPAROLA_BLUESKY__JETSTREAM": f'["{host}"]',
            "PASSAPAROLA_BLUESKY__APPVIEW": appview,
            "PASSAPAROLA_BLUESKY__CURSOR_SECONDS": "0.1",
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def served(view: AppView) -> AsyncIterator[str]:
    """An AppView at a free port of this machine."""
    config = uvicorn.Config(view.api(), host="127.0.0.1", port=free_port(), log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = True
        await serving


async def have(kafka: KafkaSettings, post_ids: set[str]) -> bool:
    return post_ids <= set(posts(await read(kafka, "posts.raw")))


async def test_killed_three_times_it_loses_nothing_and_records_each_gap(
    kafka_settings: KafkaSettings,
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    await apply_museums(kafka_settings, museum("louvre"))
    server = Jetstream()
    expected: set[str] = set()
    number = 0

    def say(count: int) -> None:
        nonlocal number
        for _ in range(count):
            key, did = f"k{number}", (ANA, BEN)[number % 2]
            server.push(commit(key, f"{number} #louvre", did=did, at=now_s()))
            expected.add(f"bluesky:{uri(key, did)}")
            number += 1

    async with server.serve() as host:
        for kills in range(3):
            async with service(kafka_settings, host) as process:
                connections = len(server.requests)

                def connected(before: int = connections) -> bool:
                    return len(server.requests) > before

                await until(connected)
                say(chance.randint(1, 60))
                cursor_at = len(await read(kafka_settings, "ingest.cursors"))

                async def moved(before: int = cursor_at) -> bool:
                    return len(await read(kafka_settings, "ingest.cursors")) > before

                async def noted(before: int = kills) -> bool:
                    # Killed while it still catches up, it would leave the rest to the next one.
                    return len(await read(kafka_settings, "ingest.gaps")) >= before

                await until(moved)
                await until(noted)
                say(chance.randint(1, 200))
                os.kill(process.pid, signal.SIGKILL)
            say(20)  # while nobody listens
        async with service(kafka_settings, host) as process:
            await until(lambda: have(kafka_settings, expected))
            say(1)
            await until(lambda: have(kafka_settings, expected))
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0

    raw = await read(kafka_settings, "posts.raw")
    assert set(posts(raw)) == expected
    tracked = await read(kafka_settings, "ingest.tracked")
    first_row = {r.key: r.timestamp for r in reversed(tracked)}
    for record in raw:
        if ce.tick_kind(record.headers) is None:
            assert first_row[record.key] <= record.timestamp
    gaps = [decode(Gap, r.value or b"") for r in await read(kafka_settings, "ingest.gaps")]
    assert len(gaps) >= 3
    assert all(gap.filled for gap in gaps)
    ticks = [r for r in raw if ce.tick_kind(r.headers) == "wall"]
    assert {r.partition for r in ticks} == {0, 1, 2, 3}


async def test_an_accounts_removal_reaches_each_of_its_posts(kafka_settings: KafkaSettings) -> None:
    await apply_museums(kafka_settings, museum("louvre"))
    server = Jetstream()
    async with server.serve() as host:
        async with service(kafka_settings, host):
            await until(lambda: bool(server.requests))
            at = now_s()
            server.push(
                *(commit(f"{n}", "#louvre", at=at) for n in range(5)),
                commit("ben", "#louvre", did=BEN, at=at),
            )
            ana = {f"bluesky:{uri(str(n))}" for n in range(5)}
            await until(lambda: have(kafka_settings, ana))
        # Another process: what is tracked is read from the topic.
        async with service(kafka_settings, host):
            await until(lambda: len(server.requests) == 2)
            server.push(account("deleted", at=now_s()))

            async def gone() -> bool:
                values = posts(await read(kafka_settings, "posts.raw"))
                return all(values[post_id] is None for post_id in ana)

            await until(gone)

            async def forgotten() -> bool:
                rows = posts(await read(kafka_settings, "ingest.tracked"))
                return all(rows[post_id] is None for post_id in ana)

            await until(forgotten)
    nulls = [r for r in await read(kafka_settings, "posts.raw") if ce.removal_of(r.headers)]
    removals = [ce.removal_of(r.headers) for r in nulls]
    assert {r.scope for r in removals if r is not None} == {RemovalScope.ACCOUNT}
    values = posts(await read(kafka_settings, "posts.raw"))
    assert values[f"bluesky:{uri('ben', BEN)}"] is not None


async def test_acts_are_counted_once_each_and_after_a_kill_the_appview_is_asked(
    kafka_settings: KafkaSettings,
) -> None:
    await apply_museums(kafka_settings, museum("louvre"))
    server, view = Jetstream(), AppView()
    post_id = f"bluesky:{uri('1')}"

    async def told(method: str, counters: Counters) -> bool:
        raw = posts(await read(kafka_settings, "posts.engagement")).get(post_id)
        snapshot = None if raw is None else decode(EngagementSnapshot, raw)
        return snapshot is not None and (snapshot.method, snapshot.counters) == (method, counters)

    async with server.serve() as host, served(view) as appview:
        async with service(kafka_settings, host, appview) as process:
            await until(lambda: bool(server.requests))
            today = datetime.now(UTC).isoformat()
            server.push(commit("1", "#louvre", at=now_s(), createdAt=today))
            await until(lambda: have(kafka_settings, {post_id}))
            at = now_s()
            acts = [like(f"l{n}", uri("1"), did=f"did:plc:{n}", at=at) for n in range(20)]
            server.push(*acts, *acts, repost("r", uri("1"), did=BEN, at=at))
            expected = Counters(likes=20, reposts=1, quotes=0, replies=0)
            await until(lambda: told("stream", expected))
            os.kill(process.pid, signal.SIGKILL)
        async with service(kafka_settings, host, appview) as process:
            # The cursor's 5 s reach back to the birth: everything is heard again, and once.
            server.push(reply("2", uri("1"), did=BEN, at=now_s()))
            await until(lambda: told("stream", expected.model_copy(update={"replies": 1})))
            assert view.asked == []
            # Now they do not.
            server.push(commit("later", "#louvre", at=now_s() + 30))
            later = f"bluesky:{uri('later')}"
            await until(lambda: have(kafka_settings, {later}))
            cursors = len(await read(kafka_settings, "ingest.cursors"))
            server.push(commit("and later", "#louvre", at=now_s() + 60))

            async def moved() -> bool:
                return len(await read(kafka_settings, "ingest.cursors")) > cursors

            await until(moved)
            os.kill(process.pid, signal.SIGKILL)
        view.counts[uri("1")] = {"likeCount": 23, "repostCount": 1, "bookmarkCount": 2}
        async with service(kafka_settings, host, appview):
            server.push(like("new", uri("1"), did="did:plc:new", at=now_s() + 60))
            await until(lambda: told("poll", Counters(likes=23, reposts=1, bookmarks=2)))


async def test_a_museum_that_is_added_is_listened_for_without_a_restart(
    kafka_settings: KafkaSettings,
) -> None:
    await apply_museums(kafka_settings, museum("prado"))
    server = Jetstream()
    async with server.serve() as host, service(kafka_settings, host):
        await until(lambda: bool(server.requests))
        server.push(commit("before", "#louvre", at=now_s()))

        async def handled() -> bool:
            return bool(await read(kafka_settings, "ingest.cursors"))

        await until(handled)
        await apply_museums(kafka_settings, museum("louvre"))
        number = 0

        async def heard() -> bool:
            nonlocal number
            number += 1
            server.push(commit(f"after{number}", "#louvre", at=now_s()))
            return bool(posts(await read(kafka_settings, "posts.raw")))

        await until(heard)
    assert f"bluesky:{uri('before')}" not in posts(await read(kafka_settings, "posts.raw"))


@pytest.mark.parametrize(("present", "other"), [("wall", "replay"), ("replay", "wall")])
async def test_two_clocks_are_refused(
    kafka_settings: KafkaSettings, present: ce.TickKind, other: ce.TickKind
) -> None:
    assert await check_tick_kind(kafka_settings, present) is None
    at = datetime(2026, 6, 1, tzinfo=UTC)
    async with Publisher(kafka_settings, "test") as publisher:
        await Ticker(publisher, present, "/test").tick(at)
    assert await check_tick_kind(kafka_settings, present) == at
    with pytest.raises(Fatal, match="two clocks cannot drive one system"):
        await check_tick_kind(kafka_settings, other)


async def test_the_service_ends_with_status_70_where_a_replay_is_the_clock(
    kafka_settings: KafkaSettings,
) -> None:
    async with Publisher(kafka_settings, "test") as publisher:
        await Ticker(publisher, "replay", "/test").tick(datetime(2026, 6, 1, tzinfo=UTC))
    async with service(kafka_settings, "ws://127.0.0.1:9") as process:
        assert await asyncio.wait_for(process.wait(), 20) == 70


async def test_the_last_tick_is_found_behind_many_posts(kafka_settings: KafkaSettings) -> None:
    await apply_museums(kafka_settings, museum("egizio"))
    at = datetime(2026, 6, 1, tzinfo=UTC)
    async with Publisher(kafka_settings, "test") as publisher:
        await Ticker(publisher, "wall", "/test").tick(at)
        async with open_memory(kafka_settings, publisher) as memory:
            pipeline = Pipeline(
                publisher,
                memory.register,
                memory.tracked,
                WallClock(),
                DeadLetterLimit(GuardSettings()),
            )
            many = [make_post(post_id=f"x:{n}", hashtags=["egizio"]) for n in range(6_000)]
            await pipeline.handle("test", [Observation(post) for post in many])
    assert await check_tick_kind(kafka_settings, "wall") == at


async def test_a_record_that_the_broker_refuses_does_not_poison_what_follows(
    kafka_settings: KafkaSettings,
) -> None:
    await apply_museums(kafka_settings, museum("egizio"))
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_settings.bootstrap)
    await admin.start()
    try:
        # The topic as somebody might have made it who did not read our table.
        config = {"max.message.bytes": "20000"}
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, "posts.raw", configs=config)]
        )
    finally:
        await admin.close()
    chance = random.Random(1)
    noise = "".join(chr(chance.randint(0x4E00, 0x9FFF)) for _ in range(15_000))
    async with (
        Publisher(kafka_settings, "test") as publisher,
        open_memory(kafka_settings, publisher) as memory,
    ):
        pipeline = Pipeline(
            publisher,
            memory.register,
            memory.tracked,
            WallClock(),
            DeadLetterLimit(GuardSettings()),
        )
        batch = [
            Observation(
                make_post(noise if n == 5 else "fine", post_id=f"x:{n}", hashtags=["egizio"]),
                b"its bytes",
            )
            for n in range(12)
        ]
        outcomes = await pipeline.handle("test", batch)
        after = await pipeline.handle(
            "test", [Observation(make_post(post_id="x:after", hashtags=["egizio"]))]
        )
    assert [n for n, o in enumerate(outcomes) if o.fate is Fate.DEAD_LETTER] == [5]
    assert after[0].fate is Fate.PUBLISHED
    found = posts(await read(kafka_settings, "posts.raw"))
    assert set(found) == {f"x:{n}" for n in range(12) if n != 5} | {"x:after"}
    assert decode(Post, found["x:after"] or b"").museum_ids == ("egizio",)
    (letter,) = await read(kafka_settings, "ingest.dlq")
    assert letter.value == b"its bytes"
    assert letter.headers["dlq_reason"] == b"refused_by_broker"


async def test_rows_and_cursors_are_what_a_new_process_knows(kafka_settings: KafkaSettings) -> None:
    await apply_museums(kafka_settings, museum("egizio"))
    at = datetime(2026, 6, 1, tzinfo=UTC)
    cursor = Cursor(connector="c", subscription="s", position={"n": 1}, updated_at=at)
    async with (
        Publisher(kafka_settings, "test") as publisher,
        open_memory(kafka_settings, publisher) as memory,
    ):
        pipeline = Pipeline(
            publisher,
            memory.register,
            memory.tracked,
            WallClock(),
            DeadLetterLimit(GuardSettings()),
        )
        await pipeline.handle("test", [Observation(make_post(hashtags=["egizio"]))])
        await memory.cursors.write(cursor)
    async with (
        Publisher(kafka_settings, "test") as publisher,
        open_memory(kafka_settings, publisher) as memory,
    ):
        assert memory.cursors.get("c", "s") == cursor
        row = memory.tracked.get("x:1")
        assert isinstance(row, TrackedPost)
        assert row.museum_ids == ("egizio",)
