"""Yesterday's records are read by today's models, and today's by yesterday's readers."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from schemas import EnrichedPost, Incident, Post, decode, encode
from schemas import cloudevents as ce
from schemas.jsonschema import EVENTS, schema_text
from schemas.topics import BY_NAME, is_tick_key
from services.alerts.rules import viral_post
from services.common.records import Received
from services.enrich.events import Tick, read_enriched_event, read_post_event
from tests.contract.golden_records import TYPES, golden

RELEASED = Path(__file__).parent / "released"
WITH_VALUE = [ce_type for ce_type in TYPES if golden(ce_type).value is not None]


def test_every_event_type_has_a_golden_record() -> None:
    assert set(TYPES) == {*EVENTS, ce.TICK}


@pytest.mark.parametrize("ce_type", WITH_VALUE)
def test_an_old_record_says_today_what_it_said(ce_type: str) -> None:
    record = golden(ce_type)
    event = decode(EVENTS[ce_type], record.value_bytes)
    assert record.value is not None
    assert_says(json.loads(encode(event)), record.value, "value")


def assert_says(now: Any, then: Any, path: str) -> None:
    """Everything that was said is said now, in the same place; more may be said beside it."""
    if isinstance(then, dict):
        assert then.keys() <= now.keys(), f"{path}: {then.keys() - now.keys()}"
        for name in then:
            assert_says(now[name], then[name], f"{path}.{name}")
    elif isinstance(then, list):
        assert len(now) == len(then), path
        for index, (one, other) in enumerate(zip(now, then, strict=True)):
            assert_says(one, other, f"{path}[{index}]")
    else:
        assert now == then, path
        assert type(now) is type(then), path


def test_the_golden_incident_is_what_the_golden_post_calls_for() -> None:
    post = decode(EnrichedPost, golden(ce.POST_ENRICHED).value_bytes)
    incident = decode(Incident, golden(ce.INCIDENT).value_bytes)
    alert = viral_post.judge(post, viral_post.Thresholds())
    assert alert is not None
    assert incident.alerts == (alert,)
    assert incident.severity == alert.severity
    assert incident.story_id == post.story_id
    assert incident.post_url == post.url


@pytest.mark.parametrize("ce_type", WITH_VALUE)
def test_the_golden_record_leaves_no_field_out(ce_type: str) -> None:
    # Else a field could lose its meaning and nobody would notice.
    record = golden(ce_type)
    known = json.loads((RELEASED / f"{ce_type}.json").read_text("utf-8"))["properties"]
    assert record.value is not None
    assert record.value.keys() == known.keys()


@pytest.mark.parametrize("ce_type", WITH_VALUE)
def test_what_may_be_left_out_may_be_left_out(ce_type: str) -> None:
    record = golden(ce_type)
    required = json.loads((RELEASED / f"{ce_type}.json").read_text("utf-8"))["required"]
    assert record.value is not None
    bare = {name: record.value[name] for name in required}
    if ce_type == ce.MUSEUM:
        bare["words"] = record.value["words"]
    decode(EVENTS[ce_type], json.dumps(bare).encode())


@pytest.mark.parametrize("ce_type", WITH_VALUE)
def test_both_schemas_allow_old_and_new_records(ce_type: str) -> None:
    record = golden(ce_type)
    rewritten = json.loads(encode(decode(EVENTS[ce_type], record.value_bytes)))
    for text in (schema_text(ce_type), (RELEASED / f"{ce_type}.json").read_text("utf-8")):
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(record.value, schema)
        jsonschema.validate(rewritten, schema)


@pytest.mark.parametrize("ce_type", TYPES)
def test_the_headers_are_those_of_the_binding(ce_type: str) -> None:
    record = golden(ce_type)
    headers = record.header_bytes
    assert ce.ce_type(headers) == ce_type
    assert ce.ce_time(headers).tzinfo is UTC
    assert headers["ce_specversion"] == b"1.0"
    assert UUID(record.headers["ce_id"]).version == 5
    assert record.headers["ce_source"].startswith("/")
    if record.value is None:
        assert "content-type" not in headers
    else:
        assert record.headers["content-type"] == "application/json"
        assert record.headers["ce_dataschema"] == f"urn:passaparola:schema:{ce_type}"


@pytest.mark.parametrize("ce_type", WITH_VALUE)
def test_the_key_is_that_of_the_event(ce_type: str) -> None:
    record = golden(ce_type)
    event = decode(EVENTS[ce_type], record.value_bytes)
    key = getattr(event, "key", None) or getattr(event, "post_id", None)
    assert record.key == (key or getattr(event, "museum_id", None))
    assert record.topic in BY_NAME


def as_received(ce_type: str, topic: str) -> Received:
    record = golden(ce_type)
    value = None if record.value is None else record.value_bytes
    stamp = 1_800_000_000_000
    return Received(topic, 0, 0, record.key.encode(), value, record.header_bytes, stamp)


def test_enrich_reads_the_records_of_yesterday() -> None:
    assert isinstance(read_post_event(as_received(ce.POST, "posts.raw")), Post)
    removal = read_post_event(as_received(ce.REMOVAL, "posts.raw"))
    assert removal == ce.removal_of(golden(ce.REMOVAL).header_bytes)
    assert read_post_event(as_received(ce.ENGAGEMENT, "posts.engagement")) is not None
    assert isinstance(
        read_enriched_event(as_received(ce.POST_ENRICHED, "posts.enriched")), EnrichedPost
    )
    tick = golden(ce.TICK)
    assert is_tick_key(tick.key)
    assert read_post_event(as_received(ce.TICK, "posts.raw")) == Tick(
        "wall", ce.ce_time(tick.header_bytes)
    )
