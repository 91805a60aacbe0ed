"""Headers: the CloudEvents Kafka binding in binary mode, written and read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Removal, format_utc
from schemas import cloudevents as ce
from schemas.jsonschema import EVENTS
from tests.unit.schemas.events import any_of, instants, texts

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))


def test_an_event_has_the_headers_of_the_binding() -> None:
    headers = ce.headers_for(ce.POST, "/ingest/bluesky", "x:1", b"{}", NOW, traceparent="00-1-2-01")
    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": dict(headers)["ce_id"],
        "ce_type": b"passaparola.post.v1",
        "ce_source": b"/ingest/bluesky",
        "ce_time": b"2026-06-01T12:00:00Z",
        "ce_dataschema": b"urn:passaparola:schema:passaparola.post.v1",
        "content-type": b"application/json",
        "traceparent": b"00-1-2-01",
    }
    assert len(headers) == len(dict(headers))


def test_a_null_has_no_content_type() -> None:
    names = {name for name, _ in ce.headers_for(ce.TICK, "/ingest", "tick/0", None, NOW)}
    assert names == {"ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"}


@pytest.mark.parametrize("ce_type", sorted(EVENTS))
def test_types_carry_their_version(ce_type: str) -> None:
    assert ce_type.startswith("passaparola.")
    assert ce_type.endswith(".v1")


@given(instants)
def test_the_time_comes_back(instant: datetime) -> None:
    headers = ce.as_mapping(ce.tick_headers("wall", "/ingest", "tick/0", instant))
    assert ce.ce_time(headers) == instant
    assert ce.ce_time(headers).tzinfo is UTC


@pytest.mark.parametrize("stamp", [None, b"", b"soon", b"2026-06-01T12:00:00", b"\xff"])
def test_a_time_that_is_none_is_a_value_error(stamp: bytes | None) -> None:
    headers: dict[str, Any] = {} if stamp is None else {"ce_time": stamp}
    with pytest.raises(ValueError, match="ce_time"):
        ce.ce_time(headers)


@pytest.mark.parametrize("kind", get_args(ce.TickKind))
def test_a_tick_says_whose_clock_it_is(kind: ce.TickKind) -> None:
    assert ce.tick_kind(dict(ce.tick_headers(kind, "/ingest", "tick/0", NOW))) == kind


@pytest.mark.parametrize("raw", [b"", b"wal", b"WALL", b"\xff"])
def test_anything_else_is_no_tick(raw: bytes) -> None:
    assert ce.tick_kind({"passaparola_tick": raw}) is None
    assert ce.tick_kind({}) is None


@given(any_of(Removal))
def test_a_removal_travels_in_its_headers(removal: Removal) -> None:
    headers = ce.as_mapping(ce.removal_headers(removal, "/ingest"))
    assert ce.removal_of(headers) == removal
    assert ce.ce_type(headers) == ce.REMOVAL
    assert ce.ce_time(headers) == removal.effective_at


@given(texts)
def test_a_null_says_why(reason: str) -> None:
    headers = ce.null_headers(ce.POST_ENRICHED, "/enrich", "m/x:1", NOW, reason)
    assert ce.reason_of(ce.as_mapping(headers)) == reason


@given(st.dictionaries(st.text(), st.binary()))
def test_foreign_headers_never_raise_but_where_it_says_so(headers: dict[str, bytes]) -> None:
    ce.ce_type(headers)
    ce.traceparent(headers)
    ce.reason_of(headers)
    ce.tick_kind(headers)


def test_the_last_of_a_name_counts() -> None:
    assert ce.as_mapping([("a", b"1"), ("b", b"2"), ("a", b"3")]) == {"a": b"3", "b": b"2"}
    assert ce.as_mapping({"a": b"1"}) == {"a": b"1"}
    assert ce.as_mapping(None) == {}


def test_the_same_event_has_the_same_id_whatever_the_zone_of_its_time() -> None:
    utc = NOW.astimezone(UTC)
    assert format_utc(NOW) == format_utc(utc)
    one = dict(ce.headers_for(ce.POST, "/ingest", "x:1", b"{}", NOW))
    assert one == dict(ce.headers_for(ce.POST, "/ingest", "x:1", b"{}", utc))
