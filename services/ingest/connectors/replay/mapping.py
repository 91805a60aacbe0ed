"""Anyone's columns as our fields: a mapping file says which is which. It computes nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas import COUNTERS, Author, Geo, Post, Rating, explain
from schemas.museum import TimeZone
from services.common.errors import Poison

from .lines import ReplayRefused

TIMES = frozenset(
    {"created_at", "observed_at", "edited_at", "indexed_at", "counted_at", "effective_at"}
)
LISTS = frozenset({"hashtags", "mentions", "links"})
_TEXTS = frozenset({"post_id", "text", "author_id", "author.native_id", "author.handle"})
_PLAIN = (set(Post.model_fields) | set(COUNTERS) | TIMES) - {"ingest", "matches", "media"}
FIELDS = frozenset(
    (_PLAIN - {"author", "geo", "rating", "native_ref"})
    | {"type", "reason", "scope", "author_id"}
    | {f"author.{name}" for name in Author.model_fields}
    | {f"geo.{name}" for name in Geo.model_fields}
    | {f"rating.{name}" for name in Rating.model_fields}
)
"""What a mapping may fill: fields of a post, its counters, and those of our other lines."""

_SEPARATORS = re.compile(r"[\s,;|]+")


class Column(BaseModel):
    """Where a field comes from. ``column`` may be a path of names with dots in nested JSON.

    ``format`` of a time: ``iso``, ``unix``, ``unix_ms`` or as for ``strptime``. ``plus_seconds``:
    so much later, for counters that were counted long after the post. ``separator`` of a list:
    else white space, commas, semicolons and bars.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    prefix: str = ""
    format: str = "iso"
    plus_seconds: float = 0.0
    separator: str | None = None


class ColumnMap(BaseModel):
    """A mapping file. ``time_zone`` is that of times that name no offset of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, Column] = Field(min_length=1)
    constants: dict[str, Any] = Field(default_factory=dict)
    time_zone: TimeZone | None = None

    @field_validator("fields", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            field: {"column": column} if isinstance(column, str) else column
            for field, column in value.items()
        }

    @field_validator("fields", "constants")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(value) - FIELDS)
        if unknown:
            raise ValueError(
                f"no such field: {', '.join(unknown)}; known are {', '.join(sorted(FIELDS))}"
            )
        return value

    def apply(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return our fields of one row; empty cells are absent. Raises ``Poison``."""
        fields: dict[str, Any] = {}
        for name, constant in self.constants.items():
            _put(fields, name, constant)
        for name, column in self.fields.items():
            value = _look_up(row, column.column)
            if value is not None and value != "":
                _put(fields, name, self._converted(name, value, column))
        return fields

    def _converted(self, name: str, value: Any, column: Column) -> Any:
        if name in TIMES:
            return self._time(name, value, column)
        if name in LISTS and isinstance(value, str):
            value = value.split(column.separator) if column.separator else _SEPARATORS.split(value)
            value = [part.strip() for part in value if part.strip()]
        if name == "mentions" and isinstance(value, list):
            return [{"handle": part} if isinstance(part, str) else part for part in value]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and name in _TEXTS:
            value = str(value)
        return column.prefix + value if column.prefix and isinstance(value, str) else value

    def _time(self, name: str, value: Any, column: Column) -> datetime:
        try:
            if column.format == "unix":
                at = datetime.fromtimestamp(float(value), UTC)
            elif column.format == "unix_ms":
                at = datetime.fromtimestamp(float(value) / 1000, UTC)
            elif column.format == "iso":
                at = datetime.fromisoformat(str(value))
            else:
                at = datetime.strptime(str(value), column.format)  # noqa: DTZ007 - just below
            if at.tzinfo is None:
                if self.time_zone is None:
                    raise Poison(
                        "no_time_zone",
                        f"{name} has no offset and the mapping no time_zone",
                    )
                at = at.replace(tzinfo=ZoneInfo(self.time_zone))
            return at.astimezone(UTC) + timedelta(seconds=column.plus_seconds)
        except (TypeError, ValueError, OverflowError, OSError) as error:
            raise Poison("invalid_time", f"{name} is no time of format {column.format}") from error


def read_map(path: Path) -> ColumnMap:
    """Read a mapping file. Raises ``ReplayRefused`` with what is wrong in it."""
    try:
        return ColumnMap.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise ReplayRefused(f"{path}: {error}") from error
    except yaml.YAMLError as error:
        raise ReplayRefused(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        raise ReplayRefused(f"{path}: {explain(error)}") from error


def own_columns(names: Sequence[str]) -> ColumnMap:
    """Return the map of a CSV whose columns are named as our fields; others are passed over.

    Raises ``ReplayRefused`` where none is.
    """
    known = {name: Column(column=name) for name in names if name in FIELDS}
    if "post_id" not in known:
        raise ReplayRefused(
            "no column post_id: name the columns as our fields, or say which is which (--map)"
        )
    return ColumnMap(fields=known)


def _look_up(row: Mapping[str, Any], path: str) -> Any:
    if path in row:
        return row[path]
    value: Any = row
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    outer, dot, inner = name.partition(".")
    if dot:
        fields.setdefault(outer, {})[inner] = value
    else:
        fields[name] = value
