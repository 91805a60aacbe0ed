from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from schemas import Counters
from services.ingest.schedule import first_look, growth, interval
from tests.unit.services.ingest.builders import NOW, make_post

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


def test_the_first_look_follows_the_age() -> None:
    at = first_look(frozenset({"x"}), Random(1))
    look = at(make_post())
    assert look is not None
    assert 9 * MINUTE <= look - NOW <= 11 * MINUTE
    assert at(make_post(created_at=NOW.replace(year=2015))) is None
    assert at(make_post(platform="flickr", post_id="flickr:1")) is None
    from_the_future = at(make_post(created_at=NOW + HOUR))
    assert from_the_future is not None
