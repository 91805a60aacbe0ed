"""schemas/asyncapi.json says what is: every topic for readers, and records as they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.asyncapi import PATH, document, text
from schemas.topics import TOPICS
from tests.contract.golden_records import TYPES, golden

DOCUMENT = document()


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
    if "$ref" in payload:
        payload = json.loads((PATH.parent / payload["$ref"]).read_text("utf-8"))
    for schema, value in (
        (message["headers"], record.headers),
        (message["bindings"]["kafka"]["key"], record.key),
        (payload, record.value),
    ):
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(value)


def test_a_null_says_what_is_gone() -> None:
    message = at(
        DOCUMENT["channels"]["posts.enriched"]["messages"]["passaparola.post.enriched.v1.gone"][
            "$ref"
        ]
    )
    assert message["payload"] == {"type": "null"}
    assert message["headers"]["properties"]["ce_type"] == {"const": "passaparola.post.enriched.v1"}
