"""What comes in is an event, nothing, or poison with its reason; never anything else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import cloudevents as ce
from schemas.codec import encode
from schemas.topics import ENGAGEMENT, POSTS_ENRICHED, POSTS_RAW
from services.common.errors import Poison
from services.common.records import Received
from services.enrich.events import Gone, Tick, read_enriched_event, read_post_event
from services.enrich.score import enriched_posts
from tests.unit.services.enrich.test_post_row import fold
from tests.unit.services.enrich.worlds import (
    NOW,
    at,
    make_post,
    make_removal,
    make_snapshot,
    received,
    tick,
)

STAMP = int(NOW.timestamp() * 1000)
POST, SNAPSHOT, REMOVAL = make_post(1, "louvre"), make_snapshot(1, likes=1), make_removal(3)


def reason_of(record: Received) -> str:
    with pytest.raises(Poison) as error:
        read_post_event(record)
    return error.value.reason


@pytest.mark.parametrize("event", [POST, SNAPSHOT, REMOVAL])
def test_each_event_is_read_back(event: Any) -> None:
    assert read_post_event(received(event)) == event


@pytest.mark.parametrize("topic", [POSTS_RAW, ENGAGEMENT])
def test_ticks_are_read_on_both_topics(topic: Any) -> None:
    assert read_post_event(tick(topic, 5, "wall")) == Tick("wall", at(5))


def test_a_heartbeat_is_nothing() -> None:
    beat = Received(POSTS_RAW.name, 0, 0, b"heartbeat", None, {}, 0)
    assert read_post_event(beat) is None
    assert read_enriched_event(replace(beat, topic=POSTS_ENRICHED.name)) is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (replace(received(POST), value=b"\xff\x00"), "invalid"),
        (replace(received(POST), value=b"{}"), "invalid"),
        (replace(received(SNAPSHOT), value=b"[1]"), "invalid"),
        (replace(received(SNAPSHOT), value=None), "no_value"),
        (replace(received(POST), key=b"mastodon:2"), "key_mismatch"),
        (replace(received(SNAPSHOT), key=b"mastodon:2"), "key_mismatch"),
        (replace(received(REMOVAL), key=b"mastodon:2"), "key_mismatch"),
        (replace(received(POST), key=b"\xff"), "bad_key"),
        (replace(received(POST), key=None), "key_mismatch"),
        (replace(received(REMOVAL), headers={}), "no_removal"),
        (replace(received(REMOVAL), headers={"passaparola_removal": b"{"}), "invalid"),
        (replace(tick(POSTS_RAW, 5), headers={}), "bad_tick"),
        (replace(tick(POSTS_RAW, 5), headers={"passaparola_tick": b"wall"}), "bad_tick"),
        (
            replace(received(make_post(1, observed_at=at(1_442))), timestamp=STAMP),
            "from_the_future",
        ),
        (replace(received(make_post(1, created_at=at(1_442))), timestamp=STAMP), "from_the_future"),
        (replace(received(make_snapshot(1_442)), timestamp=STAMP), "from_the_future"),
        (replace(received(make_removal(minutes=1_442)), timestamp=STAMP), "from_the_future"),
        (replace(tick(POSTS_RAW, 1_442), timestamp=STAMP), "from_the_future"),
    ],
)
def test_what_cannot_be_read_is_poison_with_its_reason(record: Received, reason: str) -> None:
    assert reason_of(record) == reason


def test_a_day_ahead_may_be_another_clock() -> None:
    read_post_event(replace(received(make_post(1, created_at=at(1_440))), timestamp=STAMP))


def test_long_ago_is_no_lie() -> None:
    old = make_post(1, created_at=NOW - timedelta(days=4_000))
    assert read_post_event(received(old)) == old


def test_poison_never_says_the_text() -> None:
    value = encode(POST).replace(b'"version":1', b'"version":"so lovely"')
    with pytest.raises(Poison) as error:
        read_post_event(replace(received(POST), value=value))
    assert "lovely" not in str(error.value)
    assert "version" in str(error.value)


def test_enriched_posts_are_read_back_and_nulls_say_which() -> None:
    [event] = enriched_posts(fold(POST))[1]
    record = Received(POSTS_ENRICHED.name, 0, 0, event.key.encode(), encode(event), {}, STAMP)
    assert read_enriched_event(record) == event
    assert read_enriched_event(replace(record, value=None)) == Gone("louvre", "mastodon:1")
    for broken in (replace(record, key=b"louvre"), replace(record, key=b"uffizi/mastodon:1")):
        with pytest.raises(Poison):
            read_enriched_event(broken)


_headers = st.dictionaries(
    st.sampled_from(["ce_time", "passaparola_tick", "passaparola_removal", "x"]),
    st.sampled_from([b"", b"wall", b"2026-06-01T12:00:00Z", b"\xff", b"{}"])
    | st.just(dict(ce.removal_headers(REMOVAL, "/t"))["passaparola_removal"]),
)


@given(
    st.sampled_from([POSTS_RAW.name, ENGAGEMENT.name, POSTS_ENRICHED.name]),
    st.none() | st.binary(max_size=12) | st.sampled_from([b"tick/1", b"heartbeat", b"mastodon:1"]),
    st.none() | st.binary(max_size=60) | st.sampled_from([encode(POST), encode(SNAPSHOT)]),
    _headers,
)
def test_whatever_comes_it_is_read_or_poison(
    topic: str, key: bytes | None, value: bytes | None, headers: dict[str, bytes]
) -> None:
    record = Received(topic, 0, 0, key, value, headers, STAMP)
    read = read_enriched_event if topic == POSTS_ENRICHED.name else read_post_event
    with suppress(Poison):
        read(record)
