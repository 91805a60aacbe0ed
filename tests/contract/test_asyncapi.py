"""schemas/asyncapi.json says what is: every topic for readers, and records as they are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from schemas import cloudevents as ce
from schemas.asyncapi import PATH, document, text
from schemas.topics import HEARTBEAT_KEY, TOPICS
from tests.contract.golden_records import TYPES, golden

DOCUMENT = document()
FORMATS = FormatChecker()


def at(reference: str) -> Any:
    """Return what a reference within the description stands for."""
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_committed_description_is_that_of_the_models() -> None:
    assert PATH.read_text("utf-8") == text(), "run `make schemas` and commit"


def test_every_topic_for_readers_is_described() -> None:
    public = {one.name for one in TOPICS if not one.name.endswith((".dlq", "-changelog"))}
    assert set(DOCUMENT["channels"]) == public
    assert {at(one["channel"]["$ref"])["address"] for one in DOCUMENT["operations"].values()} == (
        public
    )


@pytest.mark.parametrize("ce_type", TYPES)
def test_a_golden_record_is_one_of_its_topics_messages(ce_type: str) -> None:
    record = golden(ce_type)
    message = at(DOCUMENT["channels"][record.topic]["messages"][ce_type]["$ref"])
    payload = message["payload"]
    if "schema" in payload:
        payload = json.loads((PATH.parent / payload["schema"]["$ref"]).read_text("utf-8"))
    for schema, value in (
        (message["headers"], record.headers),
        (message["bindings"]["kafka"]["key"], record.key),
        (payload, record.value),
    ):
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema, format_checker=FORMATS).validate(value)


NOW = datetime(2026, 6, 1, tzinfo=UTC)
NULLS = [
    (topic, ce.null_headers(kind, "/enrich", "key", NOW, "pruned"), "key")
    for topic, kind in (
        ("posts.enriched", ce.POST_ENRICHED),
        ("museums", ce.MUSEUM),
        ("enrich.norms", ce.NORMS),
        ("enrich.norms", ce.FORECAST),
    )
] + [
    ("ingest.tracked", ce.headers_for(ce.TRACKED, "/ingest", "key", None, NOW), "key"),
    ("posts.enriched", ce.tick_headers("wall", "/enrich", "tick/3", NOW), "tick/3"),
    ("incidents", ce.headers_for(ce.HEARTBEAT, "/alerts", HEARTBEAT_KEY, None, NOW), HEARTBEAT_KEY),
]


@pytest.mark.parametrize(("topic", "headers", "key"), NULLS)
def test_each_null_that_is_written_is_one_message_of_its_topic(
    topic: str, headers: ce.Headers, key: str
) -> None:
    said = {name: value.decode() for name, value in headers}
    fitting = [
        name
        for name, reference in DOCUMENT["channels"][topic]["messages"].items()
        if (message := at(reference["$ref"]))["payload"] == {"type": "null"}
        and Draft202012Validator(message["headers"], format_checker=FORMATS).is_valid(said)
        and Draft202012Validator(message["bindings"]["kafka"]["key"]).is_valid(key)
    ]
    assert len(fitting) == 1
