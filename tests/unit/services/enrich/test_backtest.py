"""What would have been raised: by the clock of the events, each once, the same each time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from schemas import Post
from services.enrich.backtest import Backtest, Event
from services.enrich.register import Register
from tests.unit.services.enrich.worlds import READER, at, make_post, make_removal, make_snapshot

DAY = 1_440


def quiet_days(days: int, every: int = 20) -> Iterator[Post]:
    """A museum's ordinary days: a post now and then, by day and by night."""
    for minutes in range(0, days * DAY, every):
        yield make_post(
            1,
            "louvre",
            post_id=f"mastodon:{minutes}",
            created_at=at(minutes),
            observed_at=at(minutes),
        )


def burst(start: int) -> Iterator[Post]:
    for number in range(60):
        minutes = start + number
        yield make_post(
            1,
            "louvre",
            post_id=f"mastodon:burst-{number}",
            created_at=at(minutes),
            observed_at=at(minutes),
        )


def kinds(events: Iterable[Event]) -> list[tuple[str, str]]:
    return [(one.kind, one.museum_id) for one in Backtest(READER, Register()).run(events)]


def test_ordinary_days_raise_nothing() -> None:
    assert kinds(quiet_days(6)) == []


def test_a_burst_is_raised_once_within_the_hour_with_its_numbers() -> None:
    start = 6 * DAY + 5
    test = Backtest(READER, Register())
    [alarm] = test.run([*quiet_days(6), *burst(start)])
    assert (alarm.kind, alarm.museum_id, alarm.post_id) == ("burst", "louvre", None)
    assert at(start) < alarm.at <= at(start + 60)
    assert "in the last hour; usual for" in alarm.explanation
    assert test.posts == 6 * 72 + 60


def test_a_post_is_called_viral_once_when_its_looks_say_so() -> None:
    looks = [make_snapshot(minutes, likes=5 * minutes) for minutes in range(20, 240, 20)]
    test = Backtest(READER, Register())
    [alarm] = test.run([make_post(1, "louvre"), *looks, looks[-1]])
    assert (alarm.kind, alarm.post_id) == ("viral", "mastodon:1")
    assert alarm.at < looks[-1].observed_at
    assert test.looks == 12


def test_what_was_removed_is_called_no_more() -> None:
    looks = [make_snapshot(minutes, likes=50 * minutes) for minutes in range(20, 240, 20)]
    assert kinds([make_post(1, "louvre"), make_removal(minutes=10), *looks]) == []


def test_days_teach_what_is_usual() -> None:
    test = Backtest(READER, Register())
    posts = list(quiet_days(8))
    looks = [make_snapshot(m + 30, f"mastodon:{m}", likes=9) for m in range(0, 8 * DAY, 20)]
    list(test.run(sorted([*posts, *looks], key=lambda event: event.observed_at)))
    half_an_hour = 2  # its age bucket
    early = test._usual.norms.norm("mastodon", half_an_hour, at(4 * DAY).date())
    assert early.source == "prior"  # 72 posts a day, too few of them in force
    learned = test._usual.norms.norm("mastodon", half_an_hour, at(8 * DAY).date())
    assert learned.source == "learned"
    assert learned.mean == pytest.approx(math.log1p(9))
    assert 200 < test._usual.forecasts.outlook("mastodon", at(8 * DAY).date()).posts < 400


def test_a_museum_that_an_edit_adds_hears_of_it_too() -> None:
    looks = [make_snapshot(minutes, likes=50 * minutes) for minutes in range(20, 240, 20)]
    edit = make_post(2, "louvre", "orsay", observed_at=at(250))
    assert kinds([make_post(1, "louvre"), *looks, edit]) == [
        ("viral", "louvre"),
        ("viral", "orsay"),
    ]


def shifted(post: Post, minutes: float) -> Post:
    later = timedelta(minutes=minutes)
    times = {"created_at": post.created_at + later, "observed_at": post.observed_at + later}
    return post.model_copy(update=times)


def test_behind_a_silence_of_more_than_a_year_everything_is_new() -> None:
    later = 3_000 * DAY
    looks = [make_snapshot(later + minutes, likes=5 * minutes) for minutes in range(20, 240, 20)]
    once: list[Post] = [*quiet_days(6), *burst(6 * DAY + 5)]
    again: list[Event] = [
        make_post(1, "louvre", created_at=at(later), observed_at=at(later)),
        *looks,
        *(shifted(event, later) for event in once),
    ]
    apart = [*Backtest(READER, Register()).run(once), *Backtest(READER, Register()).run(again)]
    test = Backtest(READER, Register())
    assert list(test.run([*once, *again])) == apart
    assert [alarm.kind for alarm in apart] == ["burst", "viral", "burst"]
    assert [first for first, _ in test.heard] == [at(0), at(later)]


def test_a_silence_of_less_is_lived_through() -> None:
    events = [
        make_post(1, "louvre", created_at=at(minutes), observed_at=at(minutes))
        for minutes in (0, 60 * DAY)
    ]
    test = Backtest(READER, Register())
    list(test.run(events))
    assert test.heard == [(at(0), at(60 * DAY))]
    assert test._ticked == at(60 * DAY + 10)
