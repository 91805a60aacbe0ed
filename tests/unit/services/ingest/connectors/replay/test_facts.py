from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import EngagementSnapshot, Post, Removal, RemovalReason, Transport
from services.common.errors import Poison
from services.ingest.connectors.replay.facts import Reading, facts_of
from services.ingest.observations import AccountRemoval

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
LIVE = Reading(Transport.REPLAY, lambda: AT + timedelta(days=1))
MINIMAL = {"post_id": "x:1", "platform": "x", "created_at": "2026-06-01T12:00:00Z", "text": "hi"}


def only(fields: dict[str, Any], reading: Reading = LIVE) -> Any:
    (fact,) = facts_of(fields, reading)
    return fact


def test_a_minimal_line_is_a_post() -> None:
    post = only(MINIMAL | {"text": "Ciao @MuseoEgizio #Egizio"})
    assert isinstance(post, Post)
    assert post.version == 1
    assert post.created_at == post.observed_at == AT
    assert post.hashtags == ("egizio",)
    assert [mention.handle for mention in post.mentions] == ["MuseoEgizio"]
    assert post.ingest.connector == "replay"
    assert post.ingest.transport is Transport.REPLAY
    assert post.ingest.received_at == AT + timedelta(days=1)


def test_given_tags_stand() -> None:
    assert only(MINIMAL | {"text": "#a", "hashtags": ["b"]}).hashtags == ("b",)
    assert only(MINIMAL | {"text": "#a", "hashtags": []}).hashtags == ()


def test_an_edit_is_a_newer_version_seen_when_it_was_made() -> None:
    post = only(MINIMAL | {"edited_at": "2026-06-01T13:00:00+01:00"})
    assert post.version == int(AT.timestamp()) * 1_000_000
    assert post.observed_at == AT


def test_a_platform_may_be_read_from_the_id() -> None:
    assert only({k: v for k, v in MINIMAL.items() if k != "platform"}).platform == "x"


def test_a_post_may_bring_its_counters() -> None:
    post, snapshot = facts_of(
        MINIMAL | {"likes": 3, "views": None, "counted_at": "2026-06-08T12:00:00Z"}, LIVE
    )
    assert isinstance(post, Post)
    assert isinstance(snapshot, EngagementSnapshot)
    assert (snapshot.likes, snapshot.views, snapshot.replies) == (3, None, None)
    assert snapshot.observed_at == AT + timedelta(days=1), "a week after is not over yet"
    assert snapshot.method == "replay"


def test_counters_keep_their_time_where_the_file_is_the_clock() -> None:
    reading = Reading(Transport.STREAM)
    _, snapshot = facts_of(MINIMAL | {"likes": 3, "counted_at": "2026-06-08T12:00:00Z"}, reading)
    assert isinstance(snapshot, EngagementSnapshot)
    assert snapshot.observed_at == AT + timedelta(days=7)


def test_snapshots_and_removals() -> None:
    at = "2026-06-01T12:00:00Z"
    snapshot = only({"type": "engagement", "post_id": "x:1", "observed_at": at, "likes": 0})
    assert isinstance(snapshot, EngagementSnapshot)
    assert (snapshot.platform, snapshot.likes, snapshot.reposts) == ("x", 0, None)
    removal = only({"type": "removal", "post_id": "x:1", "observed_at": at})
    assert isinstance(removal, Removal)
    assert (removal.reason, removal.effective_at) == (RemovalReason.AUTHOR_DELETE, AT)
    account = only(
        {
            "type": "removal",
            "scope": "account",
            "platform": "x",
            "author_id": "ana",
            "reason": "account_deleted",
            "effective_at": at,
        }
    )
    assert account == AccountRemoval("x", "ana", RemovalReason.ACCOUNT_DELETED, AT, AT)


def test_shifting_moves_every_time() -> None:
    shift = timedelta(days=3)
    reading = Reading(Transport.STREAM, None, shift)
    fields = MINIMAL | {"edited_at": "2026-06-01T12:30:00Z", "likes": 1}
    post, snapshot = facts_of(fields, reading)
    assert isinstance(post, Post)
    assert post.created_at == AT + shift
    assert post.edited_at == post.observed_at == AT + shift + timedelta(minutes=30)
    assert post.ingest.received_at == post.observed_at
    assert snapshot.observed_at == post.observed_at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "missing_field"),
        ({"type": "like"}, "unknown_type"),
        ({"type": ["post"]}, "unknown_type"),
        (MINIMAL | {"created_at": "2026-06-01T12:00:00"}, "invalid_field"),
        (MINIMAL | {"created_at": "soon"}, "invalid_field"),
        (MINIMAL | {"created_at": "0001-01-01T00:00:00+14:00"}, "invalid_field"),
        (MINIMAL | {"edited_at": "soon"}, "invalid_field"),
        (MINIMAL | {"likes": -1}, "negative_count"),
        (MINIMAL | {"author": {"followers": -1}}, "negative_count"),
        (MINIMAL | {"likes": 1.5}, "invalid_field"),
        (MINIMAL | {"likes": float("nan")}, "invalid_field"),
        (MINIMAL | {"post_id": 7}, "invalid_field"),
        (MINIMAL | {"text": 7}, "invalid_field"),
        (MINIMAL | {"geo": {"precision": "point", "lon": 200, "lat": 0}}, "invalid_field"),
        (
            {"type": "removal", "scope": "account", "observed_at": "2026-06-01T12:00:00Z"},
            "missing_field",
        ),
        ({"type": "removal", "post_id": "x:1"}, "missing_field"),
        ({"type": "engagement", "post_id": "x:1"}, "missing_field"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(Poison) as refused:
        facts_of(fields, LIVE)
    assert refused.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*Post.model_fields, "type", "likes", "counted_at", "scope", "author_id"])


@given(st.dictionaries(NAMES, JSON), st.booleans())
def test_any_object_is_read_or_refused(fields: dict[str, Any], whole: bool) -> None:
    with suppress(Poison):
        facts_of((MINIMAL if whole else {}) | fields, LIVE)
