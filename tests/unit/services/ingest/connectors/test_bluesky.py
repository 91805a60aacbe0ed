"""The connector against a local server that speaks the wire, cuts, repeats and reorders."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from random import Random

import httpx2
import pytest
from fastapi.responses import JSONResponse
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from demo.jetstream import AppView, Chaos, Jetstream
from schemas import Counters, Cursor, EngagementSnapshot, Gap, GapReason, decode
from services.common.clock import SetClock
from services.common.errors import Poison, Retryable
from services.common.health import Health
from services.ingest.connectors.base import Context, pause, supervise
from services.ingest.connectors.bluesky import Bluesky
from services.ingest.connectors.bluesky_counts import BlueskyCounts
from services.ingest.cursors import Cursors
from services.ingest.observations import Batch
from services.ingest.schedule import first_look
from services.ingest.settings import BlueskySettings
from tests.unit.services.ingest.builders import (
    World,
    make_museum,
    make_row,
    make_world,
)
from tests.unit.services.ingest.frames import (
    ANA,
    BEN,
    START_US,
    account,
    commit,
    like,
    quote,
    reply,
    repost,
    undone,
    uri,
)

START = datetime.fromtimestamp(START_US // 1_000_000, UTC)


def settings(*hosts: str) -> BlueskySettings:
    return BlueskySettings(jetstream=hosts, cursor_seconds=0)


def context(world: World) -> Context:
    return Context(
        Cursors(world.broker.publish), world.register, world.tracked, world.clock, Random(1)
    )


async def listen(server: Jetstream, world: World, until_keys: set[str], seen: Context) -> None:
    """Run the supervised connector until these posts are there, whatever the server does."""
    await listen_until(
        server, world, lambda: until_keys <= set(world.broker.keys("posts.raw")), seen
    )


async def listen_until(
    server: Jetstream, world: World, met: Callable[[], bool], seen: Context
) -> None:
    """Run the supervised connector until a condition is met, whatever the server does."""

    async def hardly(seconds: float) -> None:
        await asyncio.sleep(0.001)

    async with server.serve() as host, httpx2.AsyncClient() as client:
        connector = Bluesky(settings(host), client)
        running = asyncio.create_task(supervise(connector, seen, world.pipeline, Health(), hardly))
        try:
            async with asyncio.timeout(20):
                while not met():
                    assert not running.done(), running.result()
                    await asyncio.sleep(0.005)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def world_at_start(**museum: object) -> World:
    museums = [make_museum("louvre", **(museum or {"hashtags": [{"raw": "louvre"}]}))]
    return make_world(
        museums,
        clock=SetClock(START + timedelta(seconds=1)),
        stamps=True,
        first_look=first_look(frozenset({"bluesky"}), Random(1)),
    )


async def test_posts_edits_deletes_and_accounts_come_through() -> None:
    world = world_at_start()
    frames = [
        commit("1", "first #Louvre", at=0),
        commit("2", "no tag", at=0.1),
        commit("3", "of ben #louvre", did=BEN, at=0.2),
        commit("1", "no more", operation="update", at=0.3),
        account("deactivated", did=BEN, at=0.4),
        commit("4", "last #louvre", at=0.5),
    ]
    post_ids = {f"bluesky:{uri(key)}" for key in ("1", "4")} | {f"bluesky:{uri('3', BEN)}"}
    await listen(Jetstream(frames, from_start=True), world, post_ids, context(world))
    last = {record.key: record.value for record in world.broker.of("posts.raw")}
    assert set(last) == post_ids
    assert last[f"bluesky:{uri('3', BEN)}"] is None
    released = json.loads(last[f"bluesky:{uri('1')}"] or b"")
    assert released["matches"] == []
    assert released["version"] == START_US + 300_000


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nothing_is_lost_by_cuts_repeats_and_reordering(seed: int) -> None:
    world = world_at_start()
    frames = [
        commit(f"k{n}", f"{n} #louvre", did=BEN if n % 3 else ANA, at=n * 0.8) for n in range(120)
    ]
    world.clock.advance_to(START + timedelta(seconds=200))
    chaos = Chaos(seed=seed, cut_after=25, duplicate=0.2, reorder_within=4)
    expected = {f"bluesky:{uri(f'k{n}', BEN if n % 3 else ANA)}" for n in range(120)}
    server = Jetstream(frames, chaos, from_start=True)
    await listen(server, world, expected, context(world))
    assert set(world.broker.keys("posts.raw")) == expected
    assert len(server.requests) > 3  # it was cut off and came back
    assert "cursor=" not in server.requests[0]
    assert all("cursor=" in request for request in server.requests[1:])


async def first_batches(server: Jetstream, seen: Context, count: int) -> list[Batch]:
    """What one connection says, without anything behind it: cursors are written at once."""
    batches: list[Batch] = []
    async with server.serve() as host, httpx2.AsyncClient() as client:
        connector = Bluesky(settings(host), client)
        async with asyncio.timeout(20), aclosing(connector.observe(seen)) as observed:
            async for batch in observed:
                batches.append(batch)
                if sum(len(b.observations) for b in batches) >= count:
                    break
    return batches


def stood_at(seconds: float) -> Cursor:
    time_us = START_US + round(seconds * 1_000_000)
    return Cursor(
        connector="bluesky",
        subscription="posts",
        position={"host": "ws://gone", "time_us": time_us},
        updated_at=START,
    )


def engagement(world: World) -> dict[str, EngagementSnapshot]:
    """The last snapshot of each post."""
    records = world.broker.of("posts.engagement")
    told = [decode(EngagementSnapshot, record.value) for record in records if record.value]
    return {snapshot.post_id: snapshot for snapshot in told}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_act_is_counted_once_through_cuts_repeats_and_reordering(seed: int) -> None:
    """Nobody here has a tag but the post: replies and quotes concern no museum."""
    world = world_at_start()
    chance = Random(seed)
    frames = [commit("1", "#louvre", at=0), *(commit(f"x{n}", at=0) for n in range(8))]
    truth: Counter[str] = Counter()
    makers: dict[str, Callable[..., bytes]]
    makers = {"likes": like, "reposts": repost, "replies": reply, "quotes": quote}
    for n in range(100):
        counter, did, at = chance.choice(list(makers)), f"did:plc:{n}", 1 + n * 0.8
        of = chance.choice([uri("1"), uri("elsewhere")])
        frames.append(makers[counter]("a", of, did=did, at=at))
        if of != uri("1"):
            continue
        truth[counter] += 1
        if chance.random() < 0.3:
            kind = {"likes": "like", "reposts": "repost"}.get(counter, "post")
            frames.append(undone(kind, "a", did=did, at=at))
            truth[counter] -= 1
    frames.append(commit("2", "#louvre", at=90))
    world.clock.advance_to(START + timedelta(seconds=91))
    chaos = Chaos(seed=seed, cut_after=25, duplicate=0.2, reorder_within=4)
    server = Jetstream(frames, chaos, from_start=True)
    last = f"bluesky:{uri('2')}"

    def all_told() -> bool:
        if last not in world.broker.keys("posts.raw"):
            return False
        # It was told of before: 30 s on, it may be again.
        world.clock.advance_to(START + timedelta(seconds=122))
        told = engagement(world)[f"bluesky:{uri('1')}"]
        return told.counters == Counters(**{name: truth[name] for name in makers})

    await listen_until(server, world, all_told, context(world))
    assert len(server.requests) > 3
    assert all("app.bsky.feed.like" in request for request in server.requests)
    told = engagement(world)[f"bluesky:{uri('1')}"]
    assert (told.method, told.is_lower_bound) == ("stream", True)
    assert set(world.broker.keys("posts.raw")) == {f"bluesky:{uri('1')}", last}


async def test_switched_off_only_posts_are_asked_for_and_nothing_is_counted() -> None:
    world = world_at_start()
    server = Jetstream([commit("1", "#louvre"), reply("2", uri("1"))], from_start=True)
    async with server.serve() as host, httpx2.AsyncClient() as client:
        off = BlueskySettings(jetstream=(host,), cursor_seconds=0, stream_counts=False)
        observed = Bluesky(off, client).observe(context(world))
        async with asyncio.timeout(20), aclosing(observed):
            async for batch in observed:
                await world.pipeline.handle("bluesky", batch.observations)
                match len(world.broker.of("posts.raw")):
                    case 1:
                        server.push(commit("3", "#louvre", at=0.1))
                    case 2:
                        break
    assert world.broker.of("posts.engagement") == []
    assert server.requests == ["/subscribe?wantedCollections=app.bsky.feed.post"]


async def gaps_after(cursor_at: float, connected_at: float, *frames_at: float) -> list[Gap]:
    world = world_at_start()
    seen = context(world)
    await seen.cursors.write(stood_at(cursor_at))
    world.clock.advance_to(START + timedelta(seconds=connected_at))
    server = Jetstream([commit(f"{n}", "#louvre", at=at) for n, at in enumerate(frames_at)])
    batches = await first_batches(server, seen, 2)
    assert f"cursor={START_US + round((cursor_at - 5) * 1e6)}" in server.requests[0]
    facts = [o.fact for batch in batches for o in batch.observations]
    return [fact for fact in facts if isinstance(fact, Gap)]


async def test_a_stretch_that_was_read_after_all_is_a_filled_gap() -> None:
    (gap,) = await gaps_after(100, 160, 96, 101, 150, 161)
    assert (gap.reason, gap.filled) == (GapReason.DISCONNECTED, True)
    assert gap.from_at == START + timedelta(seconds=100)
    assert gap.to_at == START + timedelta(seconds=160)


async def test_a_cursor_that_is_too_old_is_a_gap_that_stays() -> None:
    hour = 3600.0
    now = 40 * hour
    lost, filled = await gaps_after(0, now, 4 * hour, now + 1, now + 2)
    assert (lost.reason, lost.filled) == (GapReason.CURSOR_TOO_OLD, False)
    assert lost.from_at == START
    assert lost.to_at == filled.from_at == START + timedelta(hours=4)
    assert filled.filled


async def test_an_outage_of_a_day_is_no_loss() -> None:
    day = 86_400.0
    (gap,) = await gaps_after(0, day, -3, day / 2, day + 1)
    assert gap.filled


async def test_a_time_far_ahead_moves_no_cursor() -> None:
    world = world_at_start()
    frames = [commit("1", "#louvre", at=0), commit("2", "#louvre", at=86_400)]
    batches = await first_batches(Jetstream(frames, from_start=True), context(world), 2)
    cursors = [batch.cursor for batch in batches if batch.cursor is not None]
    assert [cursor.position["time_us"] for cursor in cursors] == [START_US]


async def test_each_connection_takes_the_next_host() -> None:
    world = world_at_start()
    one, two = (Jetstream([commit("1", "#louvre")], from_start=True) for _ in range(2))
    async with one.serve() as first, two.serve() as second, httpx2.AsyncClient() as client:
        connector = Bluesky(settings("ws://127.0.0.1:9", first, second), client)
        with pytest.raises(Retryable):
            await anext(aiter(connector.observe(context(world))))
        for server in (one, two):
            async with aclosing(connector.observe(context(world))) as observed:
                await anext(observed)
            assert len(server.requests) == 1


async def test_a_host_that_asks_to_wait_is_left_alone_for_so_long() -> None:
    def busy(connection: ServerConnection, _: Request) -> Response:
        answer = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "later")
        answer.headers["Retry-After"] = "7"
        return answer

    async def hears_nobody(_: ServerConnection) -> None:
        """Nobody comes so far."""

    async with (
        serve(hears_nobody, "127.0.0.1", 0, process_request=busy) as server,
        httpx2.AsyncClient() as client,
    ):
        port = next(iter(server.sockets)).getsockname()[1]
        connector = Bluesky(settings(f"ws://127.0.0.1:{port}"), client)
        with pytest.raises(Retryable, match="answered 429") as raised:
            await anext(aiter(connector.observe(context(world_at_start()))))
    assert raised.value.retry_after == 7.0


async def test_a_connection_on_which_nothing_comes_is_given_up() -> None:
    world = world_at_start()
    server = Jetstream([], from_start=True)
    async with server.serve() as host, httpx2.AsyncClient() as client:
        quick = settings(host).model_copy(update={"silence_seconds": 0.05})
        async with aclosing(Bluesky(quick, client).observe(context(world))) as observed:
            await anext(observed)
            with pytest.raises(Retryable, match="silent"):
                await anext(observed)


async def test_a_failing_connector_is_shown_and_started_again_more_and_more_slowly() -> None:
    world = world_at_start()
    slept: list[float] = []
    health = Health()

    class Over(Exception):
        pass

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        _, detail = health.readiness()
        assert "bluesky" in str(detail["notes"])
        if len(slept) == 12:
            raise Over

    async with httpx2.AsyncClient() as client:
        connector = Bluesky(settings("ws://127.0.0.1:9"), client)
        with pytest.raises(Over):
            await supervise(connector, context(world), world.pipeline, health, sleep)
    assert all(1 <= seconds <= 60 for seconds in slept)
    assert max(slept) > 10


def test_pauses_are_spread_over_all_of_their_range() -> None:
    pauses = [pause(20, Random(seed)) for seed in range(300)]
    assert min(pauses) < 3
    assert max(pauses) > 57


# --- counters -----------------------------------------------------------------------------------


async def ask(view: AppView, *keys: str) -> dict[str, Counters]:
    transport = httpx2.ASGITransport(app=view.api())
    async with httpx2.AsyncClient(transport=transport) as client:
        rows = [
            make_row(f"bluesky:{uri(key)}", platform="bluesky", native_ref={"uri": uri(key)})
            for key in keys
        ]
        return dict(await BlueskyCounts(client, "http://appview").ask(rows))


async def test_counters_are_read_and_absent_ones_are_none() -> None:
    view = AppView({uri("1"): {"likeCount": 3, "repostCount": 0}})
    assert await ask(view, "1", "2") == {f"bluesky:{uri('1')}": Counters(likes=3, reposts=0)}
    assert view.asked == [[uri("1"), uri("2")]]


async def test_more_than_25_are_never_asked_for() -> None:
    assert BlueskyCounts.most == 25
    with pytest.raises(Poison, match="400"):
        await ask(AppView(), *map(str, range(26)))


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        (JSONResponse({}, status_code=429, headers={"retry-after": "7"}), 7.0),
        (JSONResponse({}, status_code=429, headers={"retry-after": "soon"}), None),
        (JSONResponse({}, status_code=502), None),
        (JSONResponse({"posts": "none"}), None),
    ],
)
async def test_an_answer_that_is_none_counts_nobody_as_missing(
    answer: JSONResponse, retry_after: float | None
) -> None:
    with pytest.raises(Retryable) as raised:
        await ask(AppView(answers=deque([answer])), "1")
    assert raised.value.retry_after == retry_after
