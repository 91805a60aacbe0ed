"""What is learned: the same whatever the order and the worker, and only when it is due."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Counters, ForecastSums
from schemas.codec import decode, encode
from services.enrich.viral import PRIOR_ROWS, Finished, Learned, Outlook, finished, sum_finished
from services.enrich.viral.motion import begin

DAY = date(2026, 6, 1)
IN_FORCE = DAY + timedelta(days=2)


def drawn(count: int, chance: Random, day: date = DAY) -> list[Finished]:
    """Posts whose final is four times what they had at 2 h, give or take."""
    posts = []
    for _ in range(count):
        x = chance.gauss(3, 1) ** 2 / 3
        y = x + math.log(4) + chance.gauss(0, 0.2)
        look = (6, round(1000 * x), round(1000 * chance.gauss(2, 0.5) ** 2 / 2))
        posts.append(Finished("mastodon", day, (look,), max(0, round(1000 * y))))
    return posts


def prior_outlook(platform: str, day: date) -> Outlook:
    return Learned().outlook(platform, day)


def taught(sums: Sequence[ForecastSums], **options: float) -> Learned:
    learned = Learned(**options)  # type: ignore[arg-type]
    for one in sums:
        learned.put(one.key, one)
    return learned


def test_until_enough_are_finished_the_prior_holds() -> None:
    learned = taught(sum_finished(drawn(399, Random(1)), DAY, 0, prior_outlook))
    outlook = learned.outlook("mastodon", IN_FORCE)
    assert (outlook.source, outlook.rows, outlook.posts) == ("prior", PRIOR_ROWS, 399)
    assert outlook.threshold == 200


def test_it_learns_rows_threshold_and_what_is_usual() -> None:
    posts = drawn(2000, Random(1))
    learned = taught(sum_finished(posts, DAY, 0, prior_outlook))
    outlook = learned.outlook("mastodon", IN_FORCE)
    assert outlook.source == "learned"
    row = outlook.rows[6]
    assert row.base + 4 * row.engagement + 2 * row.growth == pytest.approx(4 + math.log(4), abs=0.1)
    assert row.spread == pytest.approx(0.2, abs=0.02)
    finals = sorted(post.final for post in posts)
    assert math.log1p(outlook.threshold) == pytest.approx(finals[1980] / 1000, abs=0.15)
    usual = outlook.nine_of_ten[6]
    assert usual is not None
    xs = sorted(post.looks[0][1] for post in posts)
    assert math.log1p(usual) == pytest.approx(xs[1800] / 1000, abs=0.15)
    assert outlook.nine_of_ten[0] is None
    assert outlook.rows[15] == PRIOR_ROWS[15]


def test_a_day_is_in_force_from_the_second_midnight_after_for_ninety_days() -> None:
    learned = taught(sum_finished(drawn(400, Random(1)), DAY, 0, prior_outlook))
    sources = {
        days: learned.outlook("mastodon", DAY + timedelta(days=days)).source
        for days in (0, 1, 2, 91, 92)
    }
    assert sources == {0: "prior", 1: "prior", 2: "learned", 91: "learned", 92: "prior"}


def test_sums_that_are_not_in_force_leave_an_outlook_alone() -> None:
    learned = taught(sum_finished(drawn(400, Random(1)), DAY, 0, prior_outlook))
    before = learned.outlook("mastodon", IN_FORCE)
    [fresh] = sum_finished(drawn(400, Random(2), IN_FORCE), IN_FORCE, 0, learned.outlook)
    learned.put(fresh.key, fresh)
    assert learned.outlook("mastodon", IN_FORCE) is before
    [second] = sum_finished(drawn(400, Random(3)), DAY, 1, prior_outlook)
    learned.put(second.key, second)
    assert learned.outlook("mastodon", IN_FORCE).posts == 800


def test_platforms_teach_themselves_alone() -> None:
    learned = taught(sum_finished(drawn(400, Random(1)), DAY, 0, prior_outlook))
    assert learned.outlook("bluesky", IN_FORCE).source == "prior"


def test_the_floor_holds_where_posts_are_small() -> None:
    small = [Finished("mastodon", DAY, ((6, 700, 0),), 1100)] * 500
    learned = taught(sum_finished(small, DAY, 0, prior_outlook))
    assert learned.outlook("mastodon", IN_FORCE).threshold == 200


def test_errors_of_the_prior_are_not_held_against_what_is_learned() -> None:
    [sums] = sum_finished(drawn(500, Random(1)), DAY, 0, prior_outlook)
    assert not any(bucket.errors for bucket in sums.buckets)
    learned = taught([sums])
    [later] = sum_finished(drawn(500, Random(2), IN_FORCE), IN_FORCE, 0, learned.outlook)
    [bucket] = later.buckets
    assert sum(posts for _, posts, _ in bucket.errors) == 500
    squares = sum(squares for _, _, squares in bucket.errors)
    assert math.sqrt(squares / 500) / 1000 == pytest.approx(0.2, abs=0.02)


@given(st.randoms(use_true_random=False), st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_order_and_workers_make_no_difference(chance: Random, partitions: int) -> None:
    days = [DAY, DAY - timedelta(days=1)]
    posts = [post for day in days for post in drawn(250, Random(7), day)]
    whole = taught([s for day in days for s in sum_finished(posts, day, 0, prior_outlook)])
    chance.shuffle(posts)
    sums = []
    for partition in range(partitions):
        mine = posts[partition::partitions]
        sums += [s for day in days for s in sum_finished(mine, day, partition, prior_outlook)]
    chance.shuffle(sums)
    read = [decode(ForecastSums, encode(one)) for one in sums]
    outlook = taught(read + read).outlook("mastodon", IN_FORCE)
    assert outlook.source == "learned"
    assert outlook == whole.outlook("mastodon", IN_FORCE)


def test_sums_are_forgotten_when_their_key_is_nulled() -> None:
    [sums] = sum_finished(drawn(400, Random(1)), DAY, 3, prior_outlook)
    learned = taught([sums])
    assert learned.has(sums.key)
    assert learned.outlived(3, DAY + timedelta(days=92)) == []
    assert learned.outlived(3, DAY + timedelta(days=93)) == [sums.key]
    assert learned.outlived(2, DAY + timedelta(days=93)) == []
    assert learned.outlook("mastodon", IN_FORCE).source == "learned"
    learned.put(sums.key, None)
    assert not learned.has(sums.key)
    assert learned.outlook("mastodon", IN_FORCE).source == "prior"


def test_a_post_is_finished_two_days_after_it_was_born() -> None:
    born = datetime(2026, 6, 1, 23, tzinfo=UTC)
    motion = begin(Counters(likes=9), born + timedelta(hours=2), "mastodon", born)
    end = finished(motion, "mastodon")
    assert end == Finished("mastodon", date(2026, 6, 3), motion.looks, 2303)
    unseen = begin(Counters(likes=9), born + timedelta(hours=50), "mastodon", born)
    assert finished(unseen, "mastodon") is None


def test_only_posts_of_the_day_are_summed() -> None:
    posts = [*drawn(3, Random(1)), *drawn(5, Random(1), DAY - timedelta(days=1))]
    [sums] = sum_finished(posts, DAY, 0, prior_outlook)
    assert sums.posts == 3
