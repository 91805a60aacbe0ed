"""Bytes to events and back, for every model there is; and everything that must be refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Alert, Author, Museum, Post, Rating, Removal, decode, encode, format_utc
from schemas.jsonschema import EVENTS
from tests.unit.schemas.events import any_of, instants

REMOVAL: dict[str, Any] = {
    "post_id": "x:1",
    "reason": "user_request",
    "effective_at": "2026-06-01T12:00:00Z",
    "observed_at": "2026-06-01T12:00:00Z",
}


def removal(**fields: Any) -> bytes:
    return json.dumps(REMOVAL | fields).encode()


@pytest.mark.parametrize("ce_type", sorted(EVENTS))
def test_an_event_survives_its_bytes(ce_type: str) -> None:
    model = EVENTS[ce_type]

    @settings(max_examples=60)
    @given(any_of(model))
    def check(event: Any) -> None:
        value = encode(event)
        again = decode(model, value)
        assert again == event
        assert encode(again) == value
        assert json.loads(value) == json.loads(event.model_dump_json())

    check()


def test_text_stays_readable_in_the_bytes() -> None:
    assert "Musée 😀".encode() in encode(Author(handle="Musée 😀"))


@given(instants)
def test_times_are_kept_in_utc_whatever_their_offset(instant: datetime) -> None:
    read = decode(Removal, removal(effective_at=instant.isoformat()))
    assert read.effective_at == instant
    assert read.effective_at.tzinfo is UTC
    said = json.loads(encode(read))["effective_at"]
    assert said == format_utc(instant)
    assert said.endswith("Z")
    assert datetime.fromisoformat(said) == instant


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-06-01T12:00:00",
        "2026-06-01",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "2026-06-01T12:00:60Z",
        "2026-02-30T12:00:00Z",
        "yesterday",
        "",
        None,
        True,
        1e300,
    ],
)
def test_a_time_that_is_none_is_a_value_error(stamp: Any) -> None:
    with pytest.raises(ValueError, match="effective_at"):
        decode(Removal, removal(effective_at=stamp))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_only_finite_numbers_are_read(number: str) -> None:
    with pytest.raises(ValueError, match="value: "):
        decode(Rating, f'{{"value": {number}}}'.encode())


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_only_finite_numbers_are_built(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Rating(value=number)


@pytest.mark.parametrize("number", ["NaN", "1e400"])
def test_only_finite_numbers_are_read_in_mappings(number: str) -> None:
    alert = {
        "rule": "viral_post",
        "museum_id": "louvre",
        "story_id": "x:1",
        "post_id": "x:1",
        "severity": "info",
        "summary": "many",
        "found_at": "2026-06-01T12:00:00Z",
    }
    value = json.dumps(alert)[:-1] + f', "numbers": {{"a": {number}}}}}'
    with pytest.raises(ValueError, match=r"numbers\.a: .*finite"):
        decode(Alert, value.encode())


@pytest.mark.parametrize(
    "value",
    [
        b'{"handle": "\\ud800"}',
        b'{"handle": "\\udfff and more"}',
        b'{"handle": "\xed\xa0\x80"}',
        b'{"handle": "\xff"}',
        b"\xff\xfe",
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"handle": "open',
        b'{"handle": "a"}{"handle": "b"}',
        b"[" * 50_000,
        b'{"a":' * 50_000,
    ],
)
def test_what_is_no_event_is_a_value_error(value: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(Author, value)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(value: bytes) -> None:
    for model in EVENTS.values():
        with pytest.raises(ValueError, match=r"."):
            decode(model, value)


def test_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        encode(Author(handle="\ud800"))


@settings(max_examples=40)
@given(any_of(Post))
def test_unknown_fields_are_passed_over(post: Any) -> None:
    fields = json.loads(encode(post))
    fields |= {"invented": {"later": [1]}}
    fields["ingest"] |= {"later": None}
    assert decode(Post, json.dumps(fields).encode()) == post


@pytest.mark.parametrize(
    "post_id", ["1", ":1", "X:1", "x:", "x: \n".strip(), "x:a\nb", "x:a\n", "x" * 600]
)
def test_a_post_id_names_a_platform_and_a_native_id(post_id: str) -> None:
    with pytest.raises(ValueError, match="post_id"):
        decode(Removal, removal(post_id=post_id))


@pytest.mark.parametrize("museum_id", ["", "Louvre", "louvre/paris", "louvre\n", "a" * 65, "été"])
def test_a_museum_id_fits_into_a_key(museum_id: str) -> None:
    with pytest.raises(ValueError, match="museum_id"):
        Museum.model_validate(
            {"museum_id": museum_id, "name": "x", "words": ["museo"], "timezone": "Europe/Rome"}
        )


def test_errors_name_fields_and_never_what_was_in_them() -> None:
    secret = "a whisper"
    post = {"post_id": secret, "text": 7, "kind": secret, "version": secret, "created_at": secret}
    with pytest.raises(ValueError, match="post_id: ") as error:
        decode(Post, json.dumps(post).encode())
    assert secret not in str(error.value)
    assert "and 3 more" in str(error.value)
    with pytest.raises(ValueError, match="post_id") as error:
        Post.model_validate(post)
    assert secret not in str(error.value)
