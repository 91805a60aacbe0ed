"""docs/events.md says what is: its topics, its examples, and programs that run as they stand."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from schemas.cloudevents import removal_of
from schemas.topics import TOPICS
from services.enrich import engagement, norms
from services.enrich.viral import learned, status
from tests.contract.golden_records import TYPES, golden

DOCS = Path(__file__).parents[2] / "docs"
EVENTS = (DOCS / "events.md").read_text("utf-8")
SCORING = (DOCS / "scoring.md").read_text("utf-8")
_SECTION = re.compile(r"^### (\S+)\n(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
_JSON = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = dict(_SECTION.findall(EVENTS))


def test_every_event_is_told() -> None:
    assert set(SECTIONS) == set(TYPES)


@pytest.mark.parametrize("ce_type", TYPES)
def test_an_example_is_the_golden_record(ce_type: str) -> None:
    record = golden(ce_type)
    shown = [json.loads(text) for text in _JSON.findall(SECTIONS[ce_type])]
    told = record.value
    if (removal := removal_of(record.header_bytes)) is not None:
        told = json.loads(removal.model_dump_json())
    assert shown == ([] if told is None else [told])
    assert f"`{record.topic}`" in SECTIONS[ce_type]


def test_every_topic_is_told_with_its_key_and_how_long_it_is_kept() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.*)$", EVENTS, re.MULTILINE))
    for topic in TOPICS:
        if topic.name.endswith((".dlq", "-changelog")):
            continue
        row = rows[topic.name]
        assert ("newest of each key" in row) == topic.compact
        if topic.retention is not None:
            assert f"{topic.retention.days} days" in row
        assert topic.written_by in row


def test_the_programs_are_python_and_use_what_there_is() -> None:
    import schemas
    from schemas import cloudevents, topics

    there = {
        "passaparola_schemas": schemas,
        "passaparola_schemas.cloudevents": cloudevents,
        "passaparola_schemas.topics": topics,
    }
    programs = _PYTHON.findall(EVENTS)
    assert len(programs) == 2
    for program in programs:
        for node in ast.walk(ast.parse(program)):
            if isinstance(node, ast.ImportFrom) and node.module in there:
                assert all(hasattr(there[node.module], name.name) for name in node.names)


def test_the_constants_of_scoring_are_those_in_force() -> None:
    for value in (
        f"+ {engagement.BETA:.1f} × (ln(1 + audience)",
        f"at least {engagement._SMALLEST_SPREAD}",
        f"Until {norms.ENOUGH_POSTS} posts",
        f"a final `W` of {norms._PRIOR_FINAL:.0f}",
        f"of {norms._PRIOR_SPREAD}",
        f"counting {norms.DAILY_WEIGHT} of",
        f"after {norms.KEPT.days} days",
        f"at least a `W` of {learned.VIRAL_FLOOR:.0f}",
        f"in the last {learned.REMEMBERED.days} days",
        f"Until {learned.ENOUGH_FINISHED} posts of a platform are finished",
        f"**{status.LIKELY} or more at two looks**",
        f"**{status.SURE} or more**",
        f"never below a `W` of {status.LEAST_ENGAGEMENT:.0f}",
        f"falls below {status.UNLIKELY}",
    ):
        assert value in " ".join(SCORING.split()), value
    shares = ", ".join(f"{share:.0%}".removesuffix("%") for share in norms._PRIOR_SHARES[:-1])
    assert f"{shares} and 100 %" in " ".join(SCORING.split())
    assert len(engagement.AGE_BUCKETS_HOURS) == 16
