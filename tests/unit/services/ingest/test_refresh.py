from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Counters, EngagementSnapshot, Removal, RemovalReason, TrackedPost
from services.common.errors import Poison, Retryable
from services.common.health import Health
from services.ingest.observations import Look, Observation
from services.ingest.refresh import Counts, look_at, refresh
from tests.unit.services.ingest.builders import (
    NOW,
    World,
    make_museum,
    make_post,
    make_row,
    make_world,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@given(st.integers(0, 2**32), st.booleans())
def test_a_look_tells_counters_and_the_next_look(seed: int, same: bool) -> None:
    counters = Counters(likes=5)
    row = make_row(
        created_at=NOW - 2 * HOUR,
        unchanged_looks=1,
        missing_looks=1,
        counters=counters if same else Counters(likes=4, views=9),
    )
    shown, look = (o.fact for o in look_at(row, counters, NOW, Random(seed)))
    assert isinstance(shown, EngagementSnapshot)
    assert shown.counters == counters
    assert shown.views is None
    assert isinstance(look, Look)
    assert look.next_look_at is not None
    base = 30 * MINUTE if same else 15 * MINUTE
    assert 0.9 * base <= look.next_look_at - NOW <= 1.1 * base
    assert (look.unchanged_looks, look.missing_looks) == (2 if same else 0, 0)


def test_a_post_is_removed_when_it_is_missing_twice_15_minutes_apart() -> None:
    (first,) = look_at(make_row(), None, NOW, Random(1))
    assert isinstance(first.fact, Look)
    assert first.fact.missing_looks == 1
    assert first.fact.next_look_at is not None
    assert 15 * MINUTE <= first.fact.next_look_at - NOW <= 17 * MINUTE
    missing = make_row(missing_looks=1, looked_at=NOW)
    (soon,) = look_at(missing, None, NOW + 14 * MINUTE, Random(1))
    assert isinstance(soon.fact, Look)
    assert soon.fact.looked_at == NOW
    (second,) = look_at(missing, None, NOW + 15 * MINUTE, Random(1))
    assert isinstance(second.fact, Removal)
    assert second.fact.reason is RemovalReason.MISSING_ON_REFRESH


class Stub:
    platform = "x"
    most = 2

    def __init__(self, answers: Sequence[Mapping[str, Counters] | Exception]) -> None:
        self._answers = list(answers)
        self.asked: list[list[str]] = []

    async def ask(self, posts: Sequence[TrackedPost]) -> Mapping[str, Counters]:
        self.asked.append([post.post_id for post in posts])
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Over(Exception):
    """The test has seen enough."""


def notes(health: Health) -> object:
    return health.readiness()[1]["notes"]


async def look_for_posts(
    counts: Counts, world: World, health: Health, sleep: Callable[[float], Awaitable[None]]
) -> None:
    await refresh(
        counts, world.tracked, world.pipeline, health, world.clock, Random(1), sleep=sleep
    )


@pytest.mark.parametrize("fault", [Retryable("busy", retry_after=30.0), KeyError("a slip")])
async def test_it_looks_when_due_waits_as_told_and_loses_nobody(fault: Exception) -> None:
    world = make_world(
        [make_museum()], stamps=True, first_look=lambda post: post.observed_at + HOUR
    )
    facts = [Observation(make_post(post_id=f"x:{n}", hashtags=["egizio"])) for n in range(3)]
    await world.pipeline.handle("test", facts)
    counters = {f"x:{n}": Counters(likes=n) for n in range(3)}
    stub = Stub([fault, counters, counters])
    health = Health()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            assert stub.asked == []  # nothing was due yet
            world.clock.advance_to(NOW + 2 * HOUR)
        if len(slept) == 2:
            assert notes(health) == {"x counters": "asking failed 1 times, trying again"}
        if len(slept) == 3:
            assert notes(health) == {}
            raise Over

    with pytest.raises(Over):
        await look_for_posts(stub, world, health, sleep)
    assert 15 <= slept[1] <= 30
    if isinstance(fault, Retryable):
        assert slept[1] == 30.0
    assert stub.asked == [["x:0", "x:1"], ["x:0", "x:1"], ["x:2"]]
    assert world.broker.keys("posts.engagement") == ["x:0", "x:1", "x:2"]
    row = world.tracked.get("x:2")
    assert row is not None
    assert row.counters == Counters(likes=2)
    assert row.next_look_at is not None
    assert [due.post_id for due in world.tracked.due("x", row.next_look_at, 9)][-1] == "x:2"


class Choosy:
    """A platform that gives no answer at all where it is asked for some of the posts."""

    platform = "x"
    most = 25

    def __init__(self, *refused: str) -> None:
        self._refused = frozenset(refused)
        self.calls = 0

    async def ask(self, posts: Sequence[TrackedPost]) -> Mapping[str, Counters]:
        self.calls += 1
        if any(post.post_id in self._refused for post in posts):
            raise Poison("refused", "the platform answered 400")
        return {post.post_id: Counters(likes=1) for post in posts}


async def test_posts_that_a_platform_refuses_keep_no_other_waiting() -> None:
    world = make_world(
        [make_museum()], stamps=True, first_look=lambda post: post.observed_at + HOUR
    )
    ids = [f"x:{n:02}" for n in range(60)]
    facts = [Observation(make_post(post_id=each, hashtags=["egizio"])) for each in ids]
    await world.pipeline.handle("test", facts)
    world.clock.advance_to(NOW + 2 * HOUR)
    counts = Choosy("x:03", "x:40")

    async def sleep(seconds: float) -> None:
        raise Over

    with pytest.raises(Over):
        await look_for_posts(counts, world, Health(), sleep)
    assert set(world.broker.keys("posts.engagement")) == set(ids) - {"x:03", "x:40"}
    assert counts.calls <= 30
    refused = world.tracked.get("x:03")
    assert refused is not None
    assert (refused.looked_at, refused.missing_looks, refused.counters) == (None, 0, None)
    assert refused.next_look_at is not None
    assert refused.next_look_at > world.clock.now()


async def test_pauses_grow_and_a_platform_that_asks_for_none_is_not_asked_without_end() -> None:
    world = make_world([make_museum()], stamps=True, first_look=lambda post: post.observed_at)
    await world.pipeline.handle("test", [Observation(make_post(hashtags=["egizio"]))])
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 8:
            raise Over

    stub = Stub([Retryable("busy", retry_after=0.0)] * 8)
    with pytest.raises(Over):
        await look_for_posts(stub, world, Health(), sleep)
    assert 15 <= slept[0] <= 30 < slept[2]
    assert all(300 <= wait <= 600 for wait in slept[5:])
