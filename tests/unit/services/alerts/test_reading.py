"""Records of posts.enriched, readable and not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import HEARTBEAT_KEY, POSTS_ENRICHED
from services.alerts.reading import Gone, Judged, Tick, read
from services.alerts.rules import Rulebook
from services.common.errors import Poison
from services.common.records import Received, Record
from tests.unit.services.alerts.samples import (
    AT,
    make_post,
    null_record,
    post_record,
    received,
    tick_record,
    viral,
)

BOOK = Rulebook({})


def test_post_is_judged() -> None:
    event = read(received(post_record(viral())), BOOK)
    assert isinstance(event, Judged)
    assert [alert.rule for alert in event.alerts] == ["viral_post"]


def test_null_is_a_removal_with_its_reason() -> None:
    event = read(received(null_record(viral(), "author_delete")), BOOK)
    assert event == Gone(
        "museo-egizio", "bluesky:1", "author_delete", AT, int(AT.timestamp() * 1e3)
    )


def test_tick_names_its_source() -> None:
    assert read(received(tick_record(3, 2, AT)), BOOK) == Tick(2, AT)


def test_heartbeat_is_nothing() -> None:
    assert read(received(Record(POSTS_ENRICHED, HEARTBEAT_KEY, None)), BOOK) is None


def raw(
    key: bytes | None, value: bytes | None, headers: dict[str, bytes] | None = None
) -> Received:
    return Received(POSTS_ENRICHED.name, 0, 0, key, value, headers or {}, 0)


GOOD = post_record(viral()).value or b""


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (raw(None, GOOD), "bad_key"),
        (raw(b"\xff", GOOD), "bad_key"),
        (raw(b"museo-egizio/a\0b", None), "bad_key"),
        (raw(b"no-slash", None, {"ce_time": b"2026-05-03T00:00:00Z"}), "bad_key"),
        (raw(b"tick/x", None, {"ce_time": b"2026-05-03T00:00:00Z"}), "bad_key"),
        (raw(b"m/p:1", None), "bad_time"),
        (raw(b"m/p:1", b"\xff\xfe"), "bad_value"),
        (raw(b"m/p:1", b"{}"), "bad_value"),
        (raw(b"other/bluesky:1", GOOD), "key_mismatch"),
        (received(post_record(make_post(story_id="a\0b"))), "bad_value"),
        (received(post_record(make_post(version=2**70))), "bad_value"),
        (received(post_record(make_post(version=-1))), "bad_value"),
    ],
)
def test_what_cannot_be_read_is_poison(record: Received, reason: str) -> None:
    with pytest.raises(Poison) as raised:
        read(record, BOOK)
    assert raised.value.reason == reason


@given(st.binary() | st.none(), st.binary() | st.none(), st.binary())
def test_nothing_but_poison_comes_of_garbage(key: Any, value: Any, time: bytes) -> None:
    with suppress(Poison):
        read(raw(key, value, {"ce_time": time}), BOOK)
