from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas import Transport
from services.common.errors import Poison
from services.ingest.connectors.replay.facts import Reading
from services.ingest.connectors.replay.lines import File, ReplayRefused
from services.ingest.connectors.replay.mapping import ColumnMap, read_map
from services.ingest.connectors.replay.reader import Reader
from services.ingest.observations import Unreadable

READING = Reading(Transport.REPLAY)


def mapped(row: dict[str, Any], **mapping: Any) -> dict[str, Any]:
    return ColumnMap.model_validate(mapping).apply(row)


def test_columns_constants_and_paths() -> None:
    assert mapped(
        {"id": 17, "user": {"name": "ana", "fans": 3}, "lang": "", "when": "2026-06-01T12:00:00Z"},
        fields={
            "post_id": {"column": "id", "prefix": "x:"},
            "author.handle": "user.name",
            "author.followers": "user.fans",
            "lang": "lang",
            "text": "no such column",
            "created_at": "when",
        },
        constants={"platform": "x", "kind": "review"},
    ) == {
        "platform": "x",
        "kind": "review",
        "post_id": "x:17",
        "author": {"handle": "ana", "followers": 3},
        "created_at": datetime(2026, 6, 1, 12, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        ("2026-06-01T14:00:00+02:00", {}, 12),
        ("2026-06-01 14:00", {}, 12),
        (1_780_315_200, {"format": "unix"}, 12),
        ("1780315200000", {"format": "unix_ms"}, 12),
        ("01/06/2026 14:00", {"format": "%d/%m/%Y %H:%M"}, 12),
        ("2026-06-01T14:00:00+02:00", {"plus_seconds": 3600}, 13),
    ],
)
def test_forms_of_time(value: Any, column: dict[str, Any], expected: int) -> None:
    found = mapped(
        {"when": value},
        fields={"created_at": {"column": "when"} | column},
        time_zone="Europe/Rome",
    )
    assert found["created_at"] == datetime(2026, 6, 1, expected, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "reason"),
    [("2026-06-01 14:00", "no_time_zone"), ("noon", "invalid_time"), (10**30, "invalid_time")],
)
def test_times_that_are_none(value: Any, reason: str) -> None:
    with pytest.raises(Poison) as refused:
        mapped({"when": value}, fields={"created_at": "when"})
    assert refused.value.reason == reason


def test_a_line_that_nests_without_end_or_has_an_object_for_a_time_is_one_bad_line(
    tmp_path: Path,
) -> None:
    nested = '{"post_id": "x:1", "text": ' + "[" * 600 + "]" * 600 + "}"
    odd = '{"post_id": "x:2", "created_at": {"$date": 5}, "text": "a"}'
    good = '{"post_id": "x:3", "created_at": 0, "text": "a"}'
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join((nested, odd, good)) + "\n")
    fields = {"post_id": "post_id", "text": "text"}
    when = {"created_at": {"column": "created_at", "format": "unix"}}
    reader = Reader(File(path), ColumnMap.model_validate({"fields": fields | when}))
    facts = [entry.observations[0].fact for entry in reader.entries(READING)]
    assert [getattr(fact, "reason", None) for fact in facts] == ["unexpected", "invalid_time", None]


def test_lists_are_split() -> None:
    assert mapped(
        {"a": "louvre, prado;#egizio", "b": "one two|three", "c": ["x", "y"], "d": "@ana @ben"},
        fields={
            "hashtags": "a",
            "links": {"column": "b", "separator": "|"},
            "mentions": "d",
        },
    ) == {
        "hashtags": ["louvre", "prado", "#egizio"],
        "links": ["one two", "three"],
        "mentions": [{"handle": "@ana"}, {"handle": "@ben"}],
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("fields: {post_idd: id}", "no such field: post_idd"),
        ("fields: {post_id: {colum: id}}", "colum"),
        ("constants: {platform: x}", "fields: Field required"),
        ("fields: {}", "fields"),
        ("fields: {post_id: id}\ntime_zone: Rome", "unknown time zone"),
        ("a: [", "not YAML"),
        ("just words", "valid dictionary"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text)
    with pytest.raises(ReplayRefused, match=complaint) as refused:
        read_map(path)
    assert str(path) in str(refused.value)


def read(tmp_path: Path, data: str, mapping: ColumnMap | None = None) -> list[Any]:
    path = tmp_path / "a.csv"
    path.write_text(data, encoding="utf-8")
    return [e.observations[0].fact for e in Reader(File(path), mapping).entries(READING)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_with_our_names_needs_no_mapping(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["post_id", "created_at", "text", "author.handle", "other"],
        ["x:1", "2026-06-01T12:00:00Z", '"two\nlines #egizio"', "ana", "?"],
        ["x:2", "2026-06-01T12:00:00Z", "short"],
        ["x:3", "2026-06-01T12:00:00Z", "long", "", "", "", ""],
    ]
    first, second, third = read(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert first.text == "two\nlines #egizio"
    assert first.author.handle == "ana"
    assert second.text == "short"
    assert second.author is None
    assert isinstance(third, Unreadable)
    assert third.reason == "too_many_cells"


def test_a_csv_with_other_names_asks_for_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(ReplayRefused, match="--map"):
        read(tmp_path, "id,body\n1,x\n")
    mapping = ColumnMap.model_validate(
        {
            "fields": {
                "post_id": {"column": "id", "prefix": "x:"},
                "text": "body",
                "created_at": "when",
                "likes": "likes",
            }
        }
    )
    (post,) = read(tmp_path, "id,body,when,likes\n1,x,2026-06-01T12:00:00Z,4\n", mapping)
    assert post.post_id == "x:1"
