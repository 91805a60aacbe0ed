import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.load import Load, events, write_load
from services.alerts.rules.negative_post import Thresholds
from services.enrich.sentiment import load_model
from services.enrich.understanding import Item, Reader
from services.enrich.viral.status import LEAST_ENGAGEMENT

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


def load(posts: int = 100, rate: float = 50.0, alert_every: int = 20) -> Load:
    return Load("some", START, posts, rate, alert_every)


def test_each_post_is_followed_by_a_look_at_its_counters() -> None:
    told = list(events(load()))
    posts, looks = told[::2], told[1::2]
    assert [post["post_id"] for post in posts] == [f"mastodon:some-{n}" for n in range(100)]
    assert [look["post_id"] for look in looks] == [post["post_id"] for post in posts]
    assert {look["type"] for look in looks} == {"engagement"}
    times = [datetime.fromisoformat(event["observed_at"]) for event in told]
    assert times == sorted(times)


def test_posts_come_at_the_rate() -> None:
    first, *_, last, _ = events(load(posts=100, rate=50.0))
    passed = datetime.fromisoformat(last["observed_at"]) - datetime.fromisoformat(
        first["observed_at"]
    )
    assert passed == timedelta(seconds=99 / 50)
    assert load(posts=100, rate=50.0).end == START + timedelta(seconds=2)


def test_alerting_posts_stand_at_even_distances() -> None:
    assert load().alerting_after() == [f"mastodon:some-{n}" for n in (10, 30, 50, 70, 90)]


def test_those_of_the_warm_up_are_left_out() -> None:
    assert load().alerting_after(1.0) == [f"mastodon:some-{n}" for n in (50, 70, 90)]


def test_what_must_alert_does_and_nothing_else_can() -> None:
    thresholds, reader = Thresholds(), Reader(load_model())
    told = list(events(load(posts=600)))
    alerting = set(load(posts=600).alerting_after())
    for post in told[::2]:
        followers = post["author"]["followers"]
        if post["post_id"] in alerting:
            [understood] = reader.understand([Item(post["text"], post["lang"])])
            visit = understood.visit
            assert (visit.label, visit.abstained) == ("negative", False)
            assert visit.confidence >= thresholds.min_confidence
            assert followers >= thresholds.min_followers
        else:
            assert followers < thresholds.min_followers
    for look in told[1::2]:
        weighted = look["likes"] + 3 * look["reposts"] + 2 * look["replies"]
        assert weighted < min(thresholds.min_weighted, LEAST_ENGAGEMENT)


def test_a_file_has_one_object_a_line_and_is_the_same_each_time(tmp_path: Path) -> None:
    path = write_load(load(posts=10), tmp_path)
    text = path.read_text(encoding="utf-8")
    assert [json.loads(line) for line in text.splitlines()] == list(events(load(posts=10)))
    assert write_load(load(posts=10), tmp_path).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("posts", [0, 1])
def test_few_posts_alert_nobody(posts: int) -> None:
    assert load(posts=posts).alerting_after() == []
