"""Lines as observations: each line of a file is read, mapped and understood, or refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.common.errors import Poison
from services.ingest.observations import Fact, Observation, Unreadable

from .facts import Reading, facts_of, id_of, time_of
from .lines import File, Line
from .mapping import ColumnMap, own_columns


@dataclass(frozen=True, slots=True)
class Entry:
    """One line and what it says; the first observation is the main one."""

    line: Line
    observations: tuple[Observation, ...]
    post_id: str | None
    at: datetime | None


class Reader:
    """Reads entries of one file from any line on."""

    def __init__(self, file: File, mapping: ColumnMap | None) -> None:
        """Read the header of a CSV. Raises ``ReplayRefused`` if its columns are not known."""
        self._file = file
        self._map = mapping
        self._columns: list[str] | None = None
        self._delimiter = ","
        if file.kind == ".csv":
            header = next(file.lines(), None)
            if header is not None:
                self._read_header(header)

    def entries(self, reading: Reading, start: int = 0, before: int = 0) -> Iterator[Entry]:
        """Yield entries from a byte of the text on; ``before``: number of the line before it."""
        for line in self._file.lines(start, before, self._delimiter):
            if line.start == 0 and self._columns is not None:
                continue
            yield self._entry(line, reading)

    def _entry(self, line: Line, reading: Reading) -> Entry:
        origin = (
            ("file", self._file.path.name),
            ("line", str(line.number)),
            ("byte", str(line.start)),
        )
        facts: list[Fact]
        try:
            facts = facts_of(self._fields(line), reading)
        except Poison as error:
            facts = [Unreadable(error.reason, str(error))]
        except Exception as error:  # whatever a line holds, those behind it are read
            facts = [Unreadable("unexpected", type(error).__name__)]
        return Entry(
            line,
            tuple(Observation(fact, line.raw, origin) for fact in facts),
            id_of(facts[0]),
            time_of(facts[0]),
        )

    def _fields(self, line: Line) -> dict[str, Any]:
        if line.cut:
            raise Poison("too_large", f"a line of {line.end - line.start} bytes")
        try:
            text = line.raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Poison("not_utf8", f"not UTF-8 at byte {error.start} of the line") from error
        row = self._object(text) if self._columns is None else self._row(text)
        return row if self._map is None else self._map.apply(row)

    @staticmethod
    def _object(text: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            at = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
            raise Poison("not_json", f"not JSON{at}") from error
        if not isinstance(found, dict):
            raise Poison("not_an_object", "a line must be one JSON object")
        return found

    def _row(self, text: str) -> dict[str, Any]:
        columns = self._columns or []
        try:
            cells = next(csv.reader([text], delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            raise Poison("not_csv", f"not CSV: {error}") from error
        if len(cells) > len(columns):
            raise Poison("too_many_cells", f"{len(cells)} cells for {len(columns)} columns")
        return dict(zip(columns, cells, strict=False))

    def _read_header(self, header: Line) -> None:
        text = header.raw.decode("utf-8", "replace")
        self._delimiter = max(",;\t|", key=text.count)
        self._columns = [
            name.strip() for name in next(csv.reader([text], delimiter=self._delimiter))
        ]
        if self._map is None:
            self._map = own_columns(self._columns)
