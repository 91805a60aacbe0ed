"""Motion: marks, growth, purges, first looks, and posts that begin anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from schemas import Counters
from services.enrich.viral.motion import (
    FINISHED_HOURS,
    Motion,
    begin,
    is_from_future,
    move,
)

T0 = datetime(2026, 5, 3, 10, tzinfo=UTC)


def look(
    motion: Motion | None, hours: float, *, lower_bound: bool = False, **counts: int
) -> Motion:
    at = T0 + timedelta(hours=hours)
    counters = Counters(**counts)
    if motion is None:
        return begin(counters, at, "instagram", T0)
    return move(motion, counters, at, "instagram", lower_bound=lower_bound)


def test_growth_of_a_first_look_is_that_of_its_whole_life() -> None:
    motion = look(None, 2, likes=40)
    assert motion.growth == motion.peak == 20
    assert motion.looks == ((6, 3714, 3045),)


def test_age_counts_from_the_first_look_where_nobody_says_when_it_was_posted() -> None:
    motion = begin(Counters(likes=40), T0, "hackernews", None)
    assert (motion.age_hours, motion.growth) == (0, 0)


def test_a_creation_time_in_the_future_is_taken_for_now() -> None:
    motion = begin(Counters(likes=2), T0, "instagram", T0 + timedelta(hours=1))
    assert motion.age_hours == 0
    assert motion.growth == 120  # over the shortest span, a minute


def test_growth_is_half_new_after_its_half_life() -> None:
    motion = look(look(None, 1, likes=10), 1.75, likes=40)
    assert motion.growth == pytest.approx(10 / 2 + 40 / 2)


def test_marks_are_kept_per_counter_and_absent_ones_say_nothing() -> None:
    motion = look(None, 1, likes=10, replies=4)
    motion = look(motion, 2, replies=3)
    assert motion.marks == Counters(likes=10, replies=4)
    assert motion.weighted == 10 + 3 * 4
    assert motion.growth < 22  # nothing was gained


def test_what_comes_late_raises_marks_and_nothing_else() -> None:
    motion = look(look(None, 1, likes=10), 3, likes=20)
    late = look(motion, 2, likes=25)
    assert late.marks == Counters(likes=25)
    assert late.weighted == 25
    assert replace(late, marks=motion.marks, weighted=motion.weighted) == motion


def test_a_repeat_changes_nothing() -> None:
    motion = look(look(None, 1, likes=10), 3, likes=20)
    assert look(motion, 3, likes=20) is motion


def test_a_purge_is_believed_at_the_second_look() -> None:
    before = look(None, 1, likes=1000, replies=10)
    once = look(before, 2, likes=500, replies=10)
    assert once.marks.likes == 1000
    assert once.corrected_at is None
    twice = look(once, 3, likes=510, replies=10)
    assert twice.marks == Counters(likes=510, replies=10)
    assert twice.weighted == 510 + 30
    assert twice.corrected_at == T0 + timedelta(hours=3)


def test_a_counter_that_comes_back_was_not_purged() -> None:
    motion = look(look(None, 1, likes=1000), 2, likes=500)
    motion = look(look(motion, 3, likes=1001), 4, likes=500)
    assert motion.marks.likes == 1001


def test_a_fifth_less_is_no_purge() -> None:
    motion = look(look(look(None, 1, likes=1000), 2, likes=800), 3, likes=800)
    assert motion.marks.likes == 1000


def test_a_counter_that_is_missing_in_between_is_still_suspected() -> None:
    motion = look(look(None, 1, likes=1000, replies=1), 2, likes=500)
    motion = look(look(motion, 3, replies=1), 4, likes=500)
    assert motion.marks.likes == 500


def test_a_lower_bound_is_no_purge() -> None:
    motion = look(None, 1, likes=1000)
    for hours in (2, 3, 4):
        motion = look(motion, hours, lower_bound=True, likes=3)
    assert motion.marks.likes == 1000


def test_what_was_counted_before_a_purge_does_not_come_back_late() -> None:
    motion = look(look(look(None, 1, likes=1000), 2, likes=500), 3, likes=500)
    assert look(motion, 2.5, likes=1000) is motion
    assert look(motion, 3, likes=1000) is motion
    assert look(motion, 4, likes=600).marks.likes == 600


def test_only_the_first_look_in_a_bucket_is_kept() -> None:
    motion = look(None, 2.1, likes=10)
    motion = look(motion, 2.9, likes=100)
    motion = look(motion, 3.1, likes=200)
    assert [bucket for bucket, _, _ in motion.looks] == [6, 7]
    assert motion.looks[0][1] == 2398
    assert motion.final == 5303


def test_a_finished_post_gives_no_more_looks() -> None:
    motion = look(look(None, 1, likes=10), FINISHED_HOURS, likes=500)
    assert motion.final == 2398
    assert len(motion.looks) == 1
    assert look(None, FINISHED_HOURS, likes=10).looks == ()


def test_an_old_post_that_grows_again_begins_anew() -> None:
    motion = look(look(None, 1, likes=100), 60, likes=100)
    revived = look(motion, 61, likes=400)
    assert revived.regime == 1
    assert revived.age_hours == 0
    assert revived.peak == revived.growth
    assert revived.looks == motion.looks
    later = look(revived, 62, likes=500)
    assert (later.regime, later.age_hours) == (1, 1)


def test_what_an_old_post_gains_is_held_against_what_it_gained_before() -> None:
    motion = look(look(None, 1, likes=100), 60, likes=100)
    assert look(motion, 60 + 24, likes=3000).regime == 1  # also where a day passed unseen


@pytest.mark.parametrize(("hours", "likes"), [(61, 149), (47, 400)])
def test_small_gains_and_young_posts_do_not_begin_anew(hours: float, likes: int) -> None:
    motion = look(look(None, 1, likes=100), min(hours, 60) - 1, likes=100)
    assert look(motion, hours, likes=likes).regime == 0


def test_a_few_minutes_ahead_are_forgiven() -> None:
    assert not is_from_future(T0 + timedelta(minutes=5), T0)
    assert is_from_future(T0 + timedelta(minutes=5, seconds=1), T0)
    assert not is_from_future(T0 + timedelta(days=1), None)


def test_a_motion_is_kept_as_it_always_was() -> None:
    kept = (
        b'{"layout":1,"born_at":"2026-05-03T10:00:00Z","seen_at":"2026-05-05T13:00:00Z","marks":{'
        b'"likes":60,"reposts":3,"quotes":null,"replies":4,"views":900,"bookmarks":null},'
        b'"low":["views"],"weighted":77.0,"growth":1.5,"peak":20.0,"day_growth":2.25,"regime":1,'
        b'"revived_at":"2026-05-05T12:00:00Z","corrected_at":null,"looks":[[6,3714,3045]],'
        b'"final":4100,"standing":{"status":"viral","since":"2026-05-03T11:00:00Z",'
        b'"probability":0.7,"likely_since":null,"slow_since":null,"calls":1,'
        b'"called_at":"2026-05-03T11:00:00Z","called_regime":0}}'
    )
    motions = TypeAdapter(Motion)
    motion = motions.validate_json(kept)
    assert (motion.marks, motion.age_hours) == (
        Counters(likes=60, reposts=3, replies=4, views=900),
        1,
    )
    assert motions.dump_json(motion) == kept
