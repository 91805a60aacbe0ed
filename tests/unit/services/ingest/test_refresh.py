from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Counters, EngagementSnapshot, Removal, RemovalReason, TrackedPost
from services.common.errors import Retryable
from services.ingest.observations import Look, Observation
from services.ingest.refresh import first_look, growth, interval, look_at, refresh
from tests.unit.services.ingest.builders import NOW, make_museum, make_post, make_row, make_world

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "unchanged", "grown", "expected"),
    [
        (0 * HOUR, 0, 0.0, 10 * MINUTE),
        (59 * MINUTE, 0, 0.0, 10 * MINUTE),
        (1 * HOUR, 0, 0.0, 30 * MINUTE),
        (6 * HOUR, 0, 0.0, 2 * HOUR),
        (24 * HOUR, 0, 0.0, 12 * HOUR),
        (7 * DAY, 0, 0.0, 3 * DAY),
        (30 * DAY, 0, 0.0, None),
        (0 * HOUR, 2, 0.0, 10 * MINUTE),
        (0 * HOUR, 3, 0.0, 20 * MINUTE),
        (0 * HOUR, 6, 0.0, 40 * MINUTE),
        (29 * DAY, 9, 0.0, 3 * DAY),
        (0 * HOUR, 0, 0.11, 5 * MINUTE),
        (0 * HOUR, 0, 0.10, 10 * MINUTE),
    ],
)
def test_the_schedule(
    age: timedelta, unchanged: int, grown: float, expected: timedelta | None
) -> None:
    assert interval(age, unchanged, grown) == expected


def test_looking_in_time_costs_45_looks_in_30_days() -> None:
    age, looks = timedelta(0), 0
    while (wait := interval(age, 0, 0.0)) is not None:
        age, looks = age + wait, looks + 1
    # 6 + 10 + 9 + 12 + 8, the last of them at 31 days or just after.
    assert looks == 45


def test_growth_is_that_of_the_counter_that_grew_most() -> None:
    assert growth(None, Counters(likes=100)) == 0.0
    assert growth(Counters(likes=10, replies=0), Counters(likes=11, replies=0)) == pytest.approx(
        0.1
    )
    assert growth(Counters(likes=10, replies=0), Counters(likes=10, replies=3)) == 3
    assert growth(Counters(likes=10), Counters(likes=4)) < 0
    assert growth(Counters(), Counters(likes=4)) == 0.0


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


def test_the_first_look_follows_the_age() -> None:
    at = first_look(frozenset({"x"}), Random(1))
    look = at(make_post())
    assert look is not None
    assert 9 * MINUTE <= look - NOW <= 11 * MINUTE
    assert at(make_post(created_at=NOW.replace(year=2015))) is None
    assert at(make_post(platform="flickr", post_id="flickr:1")) is None
    from_the_future = at(make_post(created_at=NOW + HOUR))
    assert from_the_future is not None


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


@pytest.mark.parametrize("fault", [Retryable("busy", retry_after=30.0), KeyError("a slip")])
async def test_it_looks_when_due_waits_as_told_and_loses_nobody(fault: Exception) -> None:
    world = make_world(
        [make_museum()], stamps=True, first_look=lambda post: post.observed_at + HOUR
    )
    facts = [Observation(make_post(post_id=f"x:{n}", hashtags=["egizio"])) for n in range(3)]
    await world.pipeline.handle("test", facts)
    counters = {f"x:{n}": Counters(likes=n) for n in range(3)}
    stub = Stub([fault, counters, counters])
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            assert stub.asked == []  # nothing was due yet
            world.clock.advance_to(NOW + 2 * HOUR)
        if len(slept) == 3:
            raise Over

    with pytest.raises(Over):
        await refresh(stub, world.tracked, world.pipeline, world.clock, Random(1), sleep)
    assert slept[1] == 30.0
    assert stub.asked == [["x:0", "x:1"], ["x:0", "x:1"], ["x:2"]]
    assert world.broker.keys("posts.engagement") == ["x:0", "x:1", "x:2"]
    row = world.tracked.get("x:2")
    assert row is not None
    assert row.counters == Counters(likes=2)
    assert row.next_look_at is not None
    assert [due.post_id for due in world.tracked.due("x", row.next_look_at, 9)][-1] == "x:2"
