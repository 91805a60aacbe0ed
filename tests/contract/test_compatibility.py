"""No change of a model breaks a reader or an event of yesterday, and this would be noticed.

``released/`` holds the schemas of the last release; they are replaced in the commit of the next.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.jsonschema import EVENTS, FOLDER, schema_text
from tests.contract.compatibility import breaks

RELEASED = Path(__file__).parent / "released"
Change = Callable[[dict[str, Any]], Any]


def released(ce_type: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((RELEASED / f"{ce_type}.json").read_text("utf-8"))
    return schema


POST = released("passaparola.post.v1")
MUSEUM = released("passaparola.museum.v1")


@pytest.mark.parametrize("ce_type", sorted(EVENTS))
def test_the_committed_schema_is_that_of_the_model(ce_type: str) -> None:
    committed = (FOLDER / f"{ce_type}.json").read_text("utf-8")
    assert committed == schema_text(ce_type), "run `make schemas` and commit"


def test_no_schema_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EVENTS)


@pytest.mark.parametrize("ce_type", sorted(path.stem for path in RELEASED.glob("*.json")))
def test_nothing_breaks_what_is_released(ce_type: str) -> None:
    assert ce_type in EVENTS, "an event type goes only when nobody reads it any more"
    found = breaks(released(ce_type), json.loads(schema_text(ce_type)))
    assert found == [], (
        f"{ce_type} would break readers or events of yesterday. Make it compatible, or make it "
        "a new type (.v2) written beside the old one; see docs/events.md."
    )


def test_every_event_type_was_compared() -> None:
    assert {path.stem for path in RELEASED.glob("*.json")}


def changed(schema: dict[str, Any], change: Change) -> list[str]:
    new = copy.deepcopy(schema)
    change(new)
    return breaks(schema, new)


def add(name: str, field: Any, *, required: bool) -> Change:
    def change(schema: dict[str, Any]) -> None:
        schema["properties"][name] = field
        if required:
            schema["required"].append(name)

    return change


def test_the_same_is_compatible() -> None:
    assert changed(POST, lambda schema: None) == []


@pytest.mark.parametrize(
    ("schema", "change", "said"),
    [
        (POST, lambda s: s["properties"].pop("text"), "event.text: is gone"),
        (
            POST,
            lambda s: s["$defs"]["Author"]["properties"].pop("handle"),
            "event.author.handle: is gone",
        ),
        (
            POST,
            add("mood", {"type": "string"}, required=True),
            "event.mood: is new and has no default",
        ),
        (
            POST,
            lambda s: (s["required"].append("lang"), s["properties"]["lang"].pop("default")),
            "event.lang: must now be given",
        ),
        (POST, lambda s: s["required"].remove("text"), "event.text: may now be missing"),
        (
            POST,
            lambda s: s["properties"]["kind"]["enum"].remove("reply"),
            "event.kind: reply is not read any more",
        ),
        (
            POST,
            lambda s: s["$defs"]["MatchKind"]["enum"].remove("geo"),
            "event.matches[].kind: geo is not read any more",
        ),
        (
            POST,
            lambda s: s["properties"]["kind"].pop("enum"),
            "event.kind: may now be any string, not only "
            + ", ".join(POST["properties"]["kind"]["enum"]),
        ),
        (
            POST,
            lambda s: s["properties"]["text"].update(enum=["a"]),
            "event.text: may now only be a",
        ),
        (
            POST,
            lambda s: s["properties"]["text"].update(maxLength=10),
            "event.text: maxLength is lowered to 10",
        ),
        (
            POST,
            lambda s: s["properties"]["text"].update(minLength=1),
            "event.text: minLength is raised to 1",
        ),
        (
            POST,
            lambda s: s["properties"]["version"].update(minimum=1),
            "event.version: minimum is raised to 1",
        ),
        (
            POST,
            lambda s: s["properties"]["version"].update(maximum=2**31),
            f"event.version: maximum is lowered to {2**31}",
        ),
        (
            POST,
            lambda s: s["properties"]["platform"].update(pattern="^[a-z]$"),
            "event.platform: pattern is now ^[a-z]$",
        ),
        (
            POST,
            lambda s: s["properties"]["text"].update(type="integer"),
            "event.text: string is not read any more",
        ),
        (
            POST,
            lambda s: s["properties"].update(
                text={"anyOf": [{"type": "string"}, {"type": "null"}]}
            ),
            "event.text: may now be null, which nobody expects",
        ),
        (
            POST,
            lambda s: s["properties"]["lang"]["anyOf"].pop(),
            "event.lang: null is not read any more",
        ),
        (
            POST,
            lambda s: s["properties"]["hashtags"].update(minItems=1),
            "event.hashtags: minItems is raised to 1",
        ),
        (
            POST,
            lambda s: s["properties"]["hashtags"]["items"].update(type="object"),
            "event.hashtags[]: string is not read any more",
        ),
        (
            POST,
            lambda s: s["properties"]["native_ref"]["additionalProperties"].update(type="integer"),
            "event.native_ref[]: string is not read any more",
        ),
        (
            MUSEUM,
            lambda s: s["properties"]["handles"].update(patternProperties={"^x$": {}}),
            "event.handles: keys are now ^x$",
        ),
        (
            MUSEUM,
            lambda s: next(iter(s["properties"]["handles"]["patternProperties"].values())).update(
                minItems=1
            ),
            "event.handles[]: minItems is raised to 1",
        ),
        (
            MUSEUM,
            lambda s: s["properties"]["geofence"]["anyOf"][0]["oneOf"].pop(),
            "is not read any more",
        ),
    ],
)
def test_what_breaks_a_reader_is_noticed(schema: Any, change: Change, said: str) -> None:
    found = changed(schema, change)
    assert any(sentence == said or sentence.endswith(said) for sentence in found), found


@pytest.mark.parametrize(
    "change",
    [
        add("mood", {"type": "string", "default": "calm"}, required=True),
        add("mood", {"anyOf": [{"type": "string"}, {"type": "null"}]}, required=False),
        lambda s: s["properties"]["kind"]["enum"].append("poll"),
        lambda s: s["properties"]["text"].update(maxLength=10**6),
        lambda s: s["properties"]["version"].pop("maximum"),
        lambda s: s["properties"]["platform"].pop("pattern"),
        lambda s: s.update(description="Other words."),
        lambda s: s["properties"]["text"].update(title="Words"),
    ],
)
def test_what_breaks_nobody_may_change(change: Change) -> None:
    assert changed(POST, change) == []
