"""Each change of a post's row: what it sets, what it leaves, and that a repeat changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import Author, EngagementSnapshot, Ingest, Post, Removal, Transport
from services.enrich.engagement import audience
from services.enrich.post_row import (
    PostRow,
    encode_row,
    fold_departure,
    fold_post,
    fold_removal,
    fold_snapshot,
)
from services.enrich.score import enriched_posts
from services.enrich.usual import Usual
from tests.unit.services.enrich.worlds import (
    NOW,
    at,
    make_post,
    make_removal,
    make_snapshot,
    understand,
)

USUAL = Usual()


def take(row: PostRow | None, event: Post | EngagementSnapshot | Removal) -> PostRow:
    """Fold as stage 1 does, without museums that are not known."""
    match event:
        case EngagementSnapshot():
            return fold_snapshot(row, event, USUAL)
        case Removal():
            if row is not None and row.outlives(event):
                return row
            return fold_removal(row, event)
        case Post():
            if row is not None and row.blocks(event.version):
                return row
            if not event.matches:
                assert row is not None
                return fold_departure(row, event)
            return fold_post(row, event, understand(event), USUAL)


def fold(*events: Post | EngagementSnapshot | Removal) -> PostRow:
    row = None
    for event in events:
        row = take(row, event)
    assert row is not None
    return row


def render(row: PostRow) -> dict[str, Any]:
    [event] = enriched_posts(row)[1]
    return event.model_dump(exclude={"revision", "reason"})


V1, V2 = make_post(1, "louvre"), make_post(2, "louvre", text="edited")


def test_a_snapshot_sets_the_counters_and_scores_them() -> None:
    row = fold(V1, make_snapshot(30, likes=7))
    assert row.counters is not None
    assert (row.counters.likes, row.counters.replies) == (7, None)
    assert row.counted_at == at(30)
    assert row.engagement is not None
    assert row.engagement.weighted == 7
    assert row.engagement.age_hours == 0.5


def test_an_old_snapshot_only_raises_marks() -> None:
    row = fold(V1, make_snapshot(30, likes=7), make_snapshot(20, likes=9, replies=1))
    assert row.counters == make_snapshot(30, likes=7).counters
    assert row.motion is not None
    assert (row.motion.marks.likes, row.motion.marks.replies) == (9, 1)


def test_counters_may_fall_and_marks_do_not() -> None:
    row = fold(V1, make_snapshot(30, likes=900), make_snapshot(60, likes=7))
    assert row.counters is not None
    assert row.counters.likes == 7
    assert row.motion is not None
    assert row.motion.marks.likes == 900


def test_what_was_viral_once_stays_so_though_its_platform_hides_the_counts() -> None:
    row = fold(V1, make_snapshot(30, likes=5_000), make_snapshot(60, likes=1))
    virality = render(row)["virality"]
    assert (virality["viral"], virality["since"], virality["calls"]) == (True, at(30), 1)
    assert virality["probability"] == 1


def test_a_snapshot_that_overtook_its_post_waits_for_it() -> None:
    early = fold(make_snapshot(30, likes=7))
    assert enriched_posts(early)[1] == []
    assert len(fold(make_snapshot(30, likes=7), make_snapshot(30, likes=7)).early) == 1
    assert take(early, V1).early == ()


def test_early_snapshots_are_bounded_and_the_newest_stay() -> None:
    row = fold(*(make_snapshot(n, likes=n) for n in range(150)))
    assert len(row.early) == 100
    assert row.early[-1].observed_at == at(149)
    assert take(row, V1).counters == make_snapshot(149, likes=149).counters


def test_an_edit_changes_what_the_post_says_and_not_what_its_numbers_are_judged_by() -> None:
    small = make_post(1, "louvre", author={"followers": 10})
    large = make_post(2, "louvre", author={"followers": 9_000_000}, text="edited")
    look = make_snapshot(30, likes=200)
    assert render(fold(small, look, large)) == render(fold(small, large, look))
    assert render(fold(small, look, large)) == render(fold(look, small, large))


def test_versions_block_what_is_older() -> None:
    row = fold(V2)
    assert row.blocks(1)
    assert not row.blocks(2)
    assert not row.blocks(3)
    assert not fold(make_snapshot(1, likes=1)).blocks(0)


def test_a_removal_blocks_the_versions_that_it_kills() -> None:
    killed = fold(V2, make_removal(2))
    assert killed.blocks(1)
    assert killed.blocks(2)
    assert not killed.blocks(3)
    assert fold(V2, make_removal(None)).blocks(10**9)
    assert fold(V2, make_removal(None), make_removal(1)).blocks(10**9)
    assert fold(make_removal(5), make_removal(3)).blocks(5)


def test_a_removal_of_an_older_version_takes_nothing_away() -> None:
    row = fold(V2)
    assert row.outlives(make_removal(1))
    assert not row.outlives(make_removal(2))
    assert not row.outlives(make_removal(None))


def test_a_mark_has_no_text_and_remembers_where_it_was_published() -> None:
    secret = make_post(
        1,
        "louvre",
        "uffizi",
        text="secret",
        author={"handle": "secret", "display_name": "secret"},
        url="https://secret.example",
        hashtags=["secret"],
        media=[{"type": "photo", "alt": "secret"}],
        native_ref={"uri": "secret"},
        content_warning="secret",
        geo={"precision": "place", "lon": 0, "lat": 0, "place_name": "secret"},
    )
    row, _ = enriched_posts(fold(secret, make_snapshot(5, likes=3)))
    for mark in (
        fold_removal(row, make_removal()),
        fold_departure(row, make_post(2, text="secret")),
    ):
        assert "secret" not in mark.model_dump_json()
        assert set(mark.published) == {"louvre", "uffizi"}
        assert enriched_posts(mark)[1] == []


def test_a_post_that_comes_back_keeps_its_numbers_and_its_revisions_grow() -> None:
    row, [first] = enriched_posts(fold(V1, make_snapshot(30, likes=7)))
    back = take(take(row, make_removal(1)), V2)
    _, [event] = enriched_posts(back)
    assert event.counters == first.counters
    assert event.revision == first.revision + 1


def test_a_day_has_one_value_a_bucket_and_its_last_look_counts() -> None:
    looks = [make_snapshot(minutes, likes=minutes) for minutes in (16, 20, 31, 2_881, 2_990)]
    row, day = fold(V1, *looks), NOW.date()
    values = row.values(day)
    assert [value.bucket for value in values] == [1, 2]
    assert {value.day for value in values} == {day}
    assert [value.bucket for value in row.values(day + timedelta(days=2))] == [15]
    assert values[0].weighted_log == fold(V1, looks[1]).values(day)[0].weighted_log


def test_a_bucket_keeps_its_two_last_days() -> None:
    days = [make_snapshot(2_880 + 1_440 * day, likes=day) for day in range(5)]
    row = fold(V1, *days)
    known = [day for day in range(10) if row.values((NOW + timedelta(days=day)).date())]
    assert known == [5, 6]


def test_what_a_post_adds_to_the_norms_does_not_hang_on_when_its_removal_is_read() -> None:
    look, day = make_snapshot(30, likes=7), NOW.date()
    [value] = fold(V1, look).values(day)
    assert fold(V1, look, make_removal()).values(day) == [value]
    assert fold(V1, make_removal(), look).values(day) == [value]


_events = st.lists(
    st.one_of(
        st.builds(make_post, st.integers(0, 4), st.just("louvre")),
        st.builds(make_snapshot, st.integers(0, 90), likes=st.integers(0, 5_000)),
        st.builds(make_removal, st.none() | st.integers(0, 4)),
    ),
    max_size=10,
)


@given(_events, st.data())
def test_a_repeated_suffix_changes_nothing(
    events: list[Post | EngagementSnapshot | Removal], data: st.DataObject
) -> None:
    events = [V1, *events]
    again = events[data.draw(st.integers(0, len(events))) :]
    once, twice = fold(*events), fold(*events, *again)
    assert twice.model_dump(exclude={"reason"}) == once.model_dump(exclude={"reason"})


@given(_events)
def test_a_row_survives_its_bytes(events: list[Post | EngagementSnapshot | Removal]) -> None:
    row = fold(V1, *events)
    assert PostRow.model_validate_json(row.model_dump_json()) == row
    stored = encode_row(row)
    assert PostRow.model_validate_json(stored) == row
    assert b":null" not in stored


@given(_events)
def test_there_is_a_post_or_a_mark_and_never_both(
    events: list[Post | EngagementSnapshot | Removal],
) -> None:
    row = fold(V1, *events)
    assert (row.post is None) != (row.mark is None)
    assert (row.post is None) == (row.understanding is None)


def test_the_row_of_a_replayed_post_outlives_its_arrival_not_its_year() -> None:
    ingest = Ingest(connector="replay", transport=Transport.REPLAY, received_at=at(60))
    post = make_post(1, "louvre", ingest=ingest, observed_at=NOW, created_at=NOW)
    assert take(None, post).changed_at == at(60)


def test_views_are_its_audience_in_what_it_teaches_as_in_its_score() -> None:
    day, post = NOW.date(), make_post(1, "louvre", author=Author(handle="ada", followers=300))
    [followed] = fold(post, make_snapshot(30, likes=7)).values(day)
    [seen] = fold(post, make_snapshot(30, likes=7, views=90_000)).values(day)
    assert followed.audience_log == audience(300, None)
    assert seen.audience_log == audience(300, 90_000) != followed.audience_log
