"""The generated day says what its truth says: everything is worked out from its lines again."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import Point, shape

from demo.day import Day, compose, growth
from schemas import Circle, EngagementSnapshot, Match, MatchKind, Museum, Post, Removal

SEEDS = range(20)
NEGATIVE_FOLLOWERS, NEGATIVE_ENGAGEMENT = 5_000, 25
VIRAL_ENGAGEMENT, VIRAL_DEVIATIONS = 50, 2
EDGES = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)
SHARES = (
    *(0.05, 0.08, 0.11, 0.15, 0.18, 0.24, 0.30, 0.41),
    *(0.50, 0.63, 0.73, 0.88, 0.93, 0.97, 0.99, 1.0),
)
WEIGHTS = {"likes": 1, "replies": 2, "reposts": 3, "quotes": 3, "bookmarks": 3}

Event = Post | EngagementSnapshot | Removal


@cache
def day_of(seed: int) -> Day:
    return compose(seed)


class Reading:
    """A day as a reader finds it who knows nothing of how it was made."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.posts: dict[str, list[Post]] = defaultdict(list)
        self.snapshots: dict[str, list[EngagementSnapshot]] = defaultdict(list)
        self.removals: dict[str, Removal] = {}
        self.fates: Counter[str] = Counter()
        self.times: list[datetime] = []
        gone: set[str] = set()
        tracked: set[str] = set()
        for line in day.posts.splitlines():
            event = _event(line)
            if event is None:
                self.fates["dead_letter"] += 1
                continue
            self.times.append(event.observed_at)
            if isinstance(event, Post):
                self.posts[event.post_id].append(event)
                if event.matches:
                    tracked.add(event.post_id)
                    self.fates["published"] += 1
                elif event.post_id in tracked:
                    gone.add(event.post_id)
                    self.fates["released"] += 1
                else:
                    self.fates["unmatched"] += 1
            elif isinstance(event, Removal):
                self.removals[event.post_id] = event
                tracked.discard(event.post_id)
                gone.add(event.post_id)
                self.fates["removed"] += 1
            else:
                self.snapshots[event.post_id].append(event)
                self.fates["counted" if event.post_id in tracked else "untracked"] += 1
        self.gone = gone


@cache
def reading_of(seed: int) -> Reading:
    return Reading(day_of(seed))


def _event(line: bytes) -> Event | None:
    """The line as a reader takes it, matched; None for one that is to be refused."""
    if len(line) > 256_000:
        return None
    try:
        raw = json.loads(line.decode())
        kind = raw.pop("type")
        ingest = {"connector": "replay", "transport": "replay", "received_at": raw["observed_at"]}
        models: dict[str, type[Event]] = {
            "post": Post,
            "engagement": EngagementSnapshot,
            "removal": Removal,
        }
        event = models[kind].model_validate(raw | {"ingest": ingest})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if event.observed_at.year > 2100:
        return None
    if isinstance(event, Post):
        return event.model_copy(update={"matches": tuple(_matches(event))})
    return event


@cache
def _museums() -> tuple[Museum, ...]:
    return day_of(0).museums


def _matches(post: Post) -> Iterator[Match]:
    tags = {tag.casefold() for tag in post.hashtags}
    for museum in _museums():
        if tags & {tag.casefold() for tag in museum.exclude_hashtags}:
            continue
        strong = {tag.raw.casefold() for tag in museum.hashtags if not tag.weak}
        named = any(word.casefold() in post.text.casefold() for word in museum.words)
        if tags & strong or named or _inside(post, museum):
            yield Match(museum_id=museum.museum_id, kind=MatchKind.HASHTAG, value="")


def _inside(post: Post, museum: Museum) -> bool:
    if post.geo is None or post.geo.precision not in ("point", "place"):
        return False
    fence = museum.geofence
    if isinstance(fence, Circle):
        north = (post.geo.lat - fence.lat) * 111_195
        east = (post.geo.lon - fence.lon) * 111_195 * math.cos(math.radians(fence.lat))
        return math.hypot(north, east) <= fence.radius_m
    return fence is not None and shape(fence.model_dump()).contains(
        Point(post.geo.lon, post.geo.lat)
    )


def weighted(snapshot: EngagementSnapshot, replies: int = 2) -> float:
    weights = WEIGHTS | {"replies": replies}
    return sum(weight * (getattr(snapshot, name) or 0) for name, weight in weights.items())


def deviations(post: Post, snapshot: EngagementSnapshot, replies: int = 2) -> float:
    age = (snapshot.observed_at - post.created_at).total_seconds() / 3600
    expected = math.log1p(4 * SHARES[bisect_right(EDGES, max(age, 0)) - 1])
    if post.author is not None and post.author.followers is not None:
        expected += 0.5 * (math.log1p(post.author.followers) - math.log1p(500))
    return (math.log1p(weighted(snapshot, replies)) - expected) / 1.2


def test_same_seed_same_bytes() -> None:
    again = compose(3)
    assert again == day_of(3)
    assert compose(4).posts != again.posts


@pytest.mark.parametrize("seed", SEEDS)
def test_fates_are_those_of_the_lines(seed: int) -> None:
    assert reading_of(seed).fates == day_of(seed).truth.lines


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_can_be_played_in_order(seed: int) -> None:
    reading = reading_of(seed)
    assert 2_500 < sum(reading.fates.values()) < 4_000
    assert 600 <= len(reading.posts) <= 1_200
    late = [
        (earlier - later).total_seconds()
        for earlier, later in zip(reading.times, reading.times[1:], strict=False)
        if later < earlier
    ]
    assert 0 < len(late) < 0.06 * len(reading.times)
    assert {moment.date() for moment in reading.times} == {date(2026, 11, 21)}
    ids = Counter(day_of(seed).posts.splitlines())
    assert sum(count - 1 for count in ids.values()) > 5


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_names_posts_of_its_museums(seed: int) -> None:
    reading = reading_of(seed)
    zones = {museum.museum_id: museum.timezone for museum in _museums()}
    for fact in day_of(seed).truth.expected:
        story = [
            post
            for versions in reading.posts.values()
            for post in versions
            if post.story_id == fact.story_id
        ]
        assert all(fact.museum_id in post.museum_ids for post in story)
        assert fact.after is not None
        assert fact.after >= min(post.observed_at for post in story)
    told = {fact.museum_id for fact in day_of(seed).truth.expected}
    offsets = {datetime(2026, 11, 21, tzinfo=ZoneInfo(zones[m])).utcoffset() for m in told}
    assert len(offsets) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_expected_viral_posts_are_clearly_viral_and_nothing_else_is(seed: int) -> None:
    """Far from the line on both sides, so that a small change of weights moves no truth."""
    reading = reading_of(seed)
    due = {
        fact.story_id: fact for fact in day_of(seed).truth.expected if "viral_post" in fact.rules
    }
    for post_id, snapshots in reading.snapshots.items():
        versions = reading.posts[post_id]
        if post_id in due:
            over = [
                look
                for look in snapshots
                if weighted(look) >= 2 * VIRAL_ENGAGEMENT and deviations(versions[0], look) >= 2.5
            ]
            first = min(look.observed_at for look in over)
            assert first == due[post_id].after
            before = [look for look in snapshots if look.observed_at < first]
            assert all(weighted(look) < VIRAL_ENGAGEMENT for look in before)
        elif post_id in reading.gone:
            left = _left_at(reading, post_id)
            loud = [s for s in snapshots if weighted(s) >= VIRAL_ENGAGEMENT]
            assert loud
            assert all((look.observed_at - left).total_seconds() > 3 * 3600 for look in loud)
        elif versions[0].matches:
            for look in snapshots:
                for replies in (2, 3, 4):
                    quiet = weighted(look, replies) <= 0.75 * VIRAL_ENGAGEMENT
                    usual = deviations(versions[0], look, replies) <= 1.4
                    assert quiet or usual, post_id


def _left_at(reading: Reading, post_id: str) -> datetime:
    if post_id in reading.removals:
        return reading.removals[post_id].observed_at
    return next(post.observed_at for post in reading.posts[post_id] if not post.matches)


@pytest.mark.parametrize("seed", SEEDS)
def test_ids_that_are_due_have_reach_and_what_is_forbidden_has_none(seed: int) -> None:
    reading = reading_of(seed)
    truth = day_of(seed).truth
    for fact in truth.expected:
        versions = reading.posts[fact.story_id]
        author = versions[0].author
        assert author is not None
        assert author.followers is not None
        if "viral_post" not in fact.rules:
            assert author.followers > 2 * NEGATIVE_FOLLOWERS
            assert fact.after in {post.observed_at for post in versions}
    for forbidden in truth.forbidden:
        if "hardly anybody" in forbidden.why or "dark words" in forbidden.why:
            author = reading.posts[forbidden.story_id][0].author
            assert author is not None
            assert (author.followers or 0) < NEGATIVE_FOLLOWERS / 2
            assert all(
                weighted(look, 4) < NEGATIVE_ENGAGEMENT / 2
                for look in reading.snapshots[forbidden.story_id]
            )


def test_a_removed_post_of_the_truth_is_removed_in_the_lines() -> None:
    reading = reading_of(7)
    for struck in day_of(7).truth.struck:
        removal = reading.removals[struck.story_id]
        due = next(f for f in day_of(7).truth.expected if f.story_id == struck.story_id)
        assert due.after is not None
        assert (removal.observed_at - due.after).total_seconds() > 3 * 3600
        assert struck.gone in reading.posts[struck.story_id][0].text


def test_a_reply_belongs_to_an_expected_story() -> None:
    reading = reading_of(7)
    replies = [post for v in reading.posts.values() for post in v if post.thread_root is not None]
    assert replies
    assert {post.story_id for post in replies} <= {
        fact.story_id for fact in day_of(7).truth.expected
    }


def test_the_day_has_a_rhythm() -> None:
    """Over many days a museum's early afternoon is busier than its night."""
    hours: Counter[int] = Counter()
    for seed in SEEDS:
        for versions in reading_of(seed).posts.values():
            if "louvre" in versions[0].museum_ids:
                hours[versions[0].observed_at.astimezone(ZoneInfo("Europe/Paris")).hour] += 1
    assert sum(hours[h] for h in (12, 13, 14)) > 3 * sum(hours[h] for h in (2, 3, 4))
    assert sum(hours[h] for h in (20, 21)) > sum(hours[h] for h in (1, 2))


def test_a_day_of_another_season_can_be_made() -> None:
    day = compose(5, date(2027, 7, 4))
    assert {post.observed_at.date() for v in Reading(day).posts.values() for post in v} == {
        date(2027, 7, 4)
    }


def test_an_ordinary_post_never_comes_near_a_viral_one() -> None:
    rng = Random(1)
    finals = [growth.usual_final(rng, followers) for followers in (None, 400, 300_000) * 2_000]
    assert max(finals) <= 120
