"""What a row says to each museum, and when that is something new."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Match, MatchKind, Reason, Transport
from services.enrich.post_row import PostRow
from services.enrich.score import enriched_posts, left_museums
from tests.unit.services.enrich.test_post_row import fold, take
from tests.unit.services.enrich.worlds import NOW, make_post, make_removal, make_snapshot


def revisions(row: PostRow) -> dict[str, int]:
    return {event.museum_id: event.revision for event in enriched_posts(row)[1]}


def test_a_post_that_concerns_two_museums_becomes_two() -> None:
    _, events = enriched_posts(fold(make_post(1, "louvre", "uffizi")))
    assert [event.key for event in events] == ["louvre/mastodon:1", "uffizi/mastodon:1"]
    assert [[m.museum_id for m in event.matches] for event in events] == [["louvre"], ["uffizi"]]


def test_a_revision_grows_where_what_it_says_changed() -> None:
    row, _ = enriched_posts(fold(make_post(1, "louvre", "uffizi")))
    assert revisions(row) == {"louvre": 1, "uffizi": 1}
    row, _ = enriched_posts(take(row, make_snapshot(5, likes=1)))
    assert revisions(row) == {"louvre": 2, "uffizi": 2}
    again = take(row, make_snapshot(5, likes=1))
    assert revisions(again) == {"louvre": 2, "uffizi": 2}
    one_left = take(row, make_post(2, "louvre"))
    assert revisions(one_left) == {"louvre": 3}


@given(
    st.lists(
        st.one_of(
            st.builds(make_snapshot, st.integers(0, 9), likes=st.integers(0, 3)),
            st.builds(make_post, st.integers(1, 2), st.just("louvre")),
        ),
        max_size=8,
    )
)
def test_a_revision_grows_by_one_exactly_where_the_event_differs(events: list[Any]) -> None:
    row, [last] = enriched_posts(fold(make_post(1, "louvre")))
    for event in events:
        row, [now] = enriched_posts(take(row, event))
        quiet = {"revision", "reason", "observed_at"}
        changed = now.model_dump(exclude=quiet) != last.model_dump(exclude=quiet)
        assert now.revision == last.revision + changed
        last = now


def test_a_museum_that_was_left_and_comes_back_is_told_something_new() -> None:
    both, one = make_post(1, "louvre", "uffizi"), make_post(1, "louvre")
    row, _ = enriched_posts(fold(both))
    row, _ = enriched_posts(take(row, one))
    assert left_museums(row) == ["uffizi"]
    row, _ = enriched_posts(take(row, both))
    assert revisions(row)["uffizi"] == 2
    assert left_museums(row) == []


def test_a_mark_says_nothing_and_has_left_every_museum() -> None:
    row, _ = enriched_posts(fold(make_post(1, "louvre", "uffizi")))
    mark = take(row, make_removal())
    assert enriched_posts(mark) == (mark, [])
    assert left_museums(mark) == ["louvre", "uffizi"]


def test_the_reason_is_what_changed_it() -> None:
    posted = fold(make_post(1, "louvre"))
    counted = take(posted, make_snapshot(5, likes=1))
    edited = take(counted, make_post(2, "louvre"))
    assert [enriched_posts(row)[1][0].reason for row in (posted, counted, edited)] == [
        Reason.POST,
        Reason.SNAPSHOT,
        Reason.EDIT,
    ]


@pytest.mark.parametrize("transport", list(Transport))
def test_backfilled_and_replayed_posts_page_nobody(transport: Transport) -> None:
    ingest = {"connector": "test", "transport": transport, "received_at": NOW}
    [event] = enriched_posts(fold(make_post(1, "louvre", ingest=ingest)))[1]
    assert event.pages == (transport not in (Transport.BACKFILL, Transport.REPLAY))
    assert event.transport is transport


def test_the_museums_own_account_is_told_from_visitors() -> None:
    matches = [
        Match(museum_id="louvre", kind=MatchKind.OWN, value="@louvre"),
        Match(museum_id="uffizi", kind=MatchKind.HASHTAG, value="uffizi"),
    ]
    _, events = enriched_posts(fold(make_post(1, matches=matches)))
    assert {event.museum_id: event.own for event in events} == {"louvre": True, "uffizi": False}


def test_a_thread_is_one_story() -> None:
    reply = make_post(1, "louvre", thread_root="mastodon:0")
    assert enriched_posts(fold(reply))[1][0].story_id == "mastodon:0"
    assert enriched_posts(fold(make_post(1, "louvre")))[1][0].story_id == "mastodon:1"
