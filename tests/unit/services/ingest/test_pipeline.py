"""What goes where, in which order, and what a crash at any moment leaves behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schemas import (
    Counters,
    Post,
    decode,
)
from schemas import cloudevents as ce
from services.common.errors import Fatal
from services.ingest.observations import (
    Fate,
    Look,
    Outcome,
    Tick,
    Unreadable,
)
from tests.unit.services.ingest.builders import NOW, make_world
from tests.unit.services.ingest.facts import (
    DLQ,
    EGIZIO,
    RAW,
    TRACKED,
    about_egizio,
    fates,
    handle,
    removal,
    snapshot,
)


async def test_a_matching_post_is_tracked_before_it_is_published() -> None:
    world = make_world([EGIZIO])
    (outcome,) = await handle(world, about_egizio())
    assert outcome == Outcome(Fate.PUBLISHED, museum_ids=("egizio",))
    first, second = (call[0] for call in world.broker.calls if call)
    assert (first.topic.name, first.key) == (TRACKED, "x:1")
    assert (second.topic.name, second.key) == (RAW, "x:1")
    assert second.value is not None
    post = decode(Post, second.value)
    assert post.museum_ids == ("egizio",)
    assert post.hashtags == ("egizio",)
    headers = dict(second.headers)
    assert headers["ce_type"] == ce.POST.encode()
    assert headers["ce_source"] == b"/ingest/test"
    assert "traceparent" in headers


async def test_a_repeat_is_published_again_and_is_the_same() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    await handle(world, about_egizio())
    first, second = world.broker.of(RAW)
    assert first == second
    assert len(world.broker.of(TRACKED)) == 1


async def test_one_author_alone_cannot_stop_the_line() -> None:
    world = make_world([EGIZIO], stamps=True)
    bad = [Unreadable("unreadable", "no text", "did:plc:eve")] * 300
    future = about_egizio(created_at=NOW + timedelta(days=2), author={"native_id": "did:plc:mal"})
    assert set(fates(await handle(world, *bad, *[future] * 300))) == {Fate.DEAD_LETTER}
    many = [Unreadable("unreadable", "no text", f"did:plc:{n}") for n in range(100)]
    with pytest.raises(Fatal, match="more likely ours"):
        await handle(world, *many)


async def test_a_removal_is_a_null_with_its_facts_then_the_row_goes() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    del world.broker.calls[:]
    await handle(world, removal(version=9))
    assert [[r.topic.name for r in call] for call in world.broker.calls] == [[RAW], [TRACKED]]
    null = world.broker.of(RAW)[-1]
    assert (null.key, null.value) == ("x:1", None)
    told = ce.removal_of(dict(null.headers))
    assert told is not None
    assert told.version == 9
    assert world.broker.of(TRACKED)[-1].value is None
    assert "x:1" not in world.tracked


async def test_post_removal_and_post_again_in_one_batch_end_as_the_last_says() -> None:
    world = make_world([EGIZIO])
    found = await handle(
        world, about_egizio(), removal(version=1), about_egizio(version=2), snapshot(likes=3)
    )
    assert fates(found) == [Fate.PUBLISHED, Fate.REMOVED, Fate.PUBLISHED, Fate.COUNTED]
    assert "x:1" in world.tracked
    assert world.broker.of(TRACKED)[-1].value is not None
    assert world.broker.of(RAW)[-1].value is not None
    assert "x:1" in world.restarted().tracked


async def test_a_look_is_remembered_behind_its_snapshot() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    del world.broker.calls[:]
    look = Look("x:1", NOW, NOW + timedelta(hours=1), 2, 0, Counters(likes=3))
    await handle(world, snapshot(likes=3), look)
    assert [[r.topic.name for r in call] for call in world.broker.calls] == [
        ["posts.engagement"],
        [TRACKED],
    ]
    row = world.tracked.get("x:1")
    assert row is not None
    assert (row.unchanged_looks, row.counters) == (2, Counters(likes=3))


async def test_a_fault_of_ours_parks_one_input_and_holds_up_nothing() -> None:
    world = make_world([EGIZIO])

    class Broken:
        def match(self, post: Post) -> None:
            if post.post_id == "x:1":
                raise ZeroDivisionError

    world.register.current = Broken()  # type: ignore[assignment]
    found = await handle(world, about_egizio(), about_egizio(post_id="x:2"))
    assert found[0] == Outcome(Fate.DEAD_LETTER, "unexpected")
    assert found[1].fate is Fate.UNMATCHED


async def test_what_the_broker_refuses_is_parked_alone() -> None:
    world = make_world([EGIZIO])
    world.broker.refuses = lambda r: r.topic.name == RAW and r.key == "x:2"
    posts = [about_egizio(post_id=f"x:{n}") for n in (1, 2, 3)]
    found = await handle(world, *posts)
    assert fates(found) == [Fate.PUBLISHED, Fate.DEAD_LETTER, Fate.PUBLISHED]
    assert set(world.broker.keys(RAW)) == {"x:1", "x:3"}
    assert len(world.broker.of(DLQ)) == 1


async def test_too_much_that_cannot_be_read_stops_the_line() -> None:
    world = make_world([EGIZIO])
    with pytest.raises(Fatal, match="could not be handled"):
        await handle(world, *[Unreadable("not_json", "not JSON")] * 100)


async def test_ticks_come_behind_what_they_cover_in_every_partition() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio(), Tick(NOW), about_egizio(post_id="x:2"))
    ticked = [r for r in world.broker.of(RAW) if r.key is not None and r.key.startswith("tick/")]
    assert [r.partition for r in ticked] == [0, 1, 2, 3]
    assert len([k for k in world.broker.keys("posts.engagement") if k]) == 4
    keys = world.broker.keys(RAW)
    assert keys.index("x:1") < keys.index("tick/0")
    assert keys.index("tick/3") < keys.index("x:2")


async def test_rows_go_after_62_days_of_ticks() -> None:
    world = make_world([EGIZIO])
    await handle(world, about_egizio())
    await handle(world, Tick(NOW + timedelta(days=61)))
    assert "x:1" in world.tracked
    world.clock.advance_to(NOW + timedelta(days=63))
    await world.pipeline.tick()
    assert "x:1" not in world.tracked
    assert world.broker.of(TRACKED)[-1].value is None
