"""Every line's fate by id, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from services.ingest.observations import Outcome

from .lines import ReplayRefused
from .reader import Entry

_BEGINNING = b'{"line": '


class Report:
    """A file that grows with the replay; a run that goes on first cuts off what it does again."""

    def __init__(self, path: Path, after_line: int) -> None:
        """Begin a report, or go on after a line of the file that is replayed.

        Raises ``ReplayRefused`` for a file that is no report, and leaves it as it is.
        """
        # Cut in place: a kill in here must not lose lines that will not be told again.
        with path.open("ab+") as whole:
            whole.seek(0)
            kept = 0
            for line in whole:
                if not _is_ours(line):
                    raise ReplayRefused(
                        f"{path} is there and is no report of a replay; name another file"
                    )
                if not line.endswith(b"\n") or json.loads(line)["line"] > after_line:
                    break
                kept += len(line)
            whole.truncate(kept)
        self._file = path.open("a", encoding="utf-8")

    def add(self, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> None:
        """Write what became of some lines, and have it in the file before this returns."""
        for entry, outcome in zip(entries, outcomes, strict=True):
            told = {
                "line": entry.line.number,
                "byte": entry.line.start,
                "id": entry.post_id,
                "fate": outcome.fate,
                "reason": outcome.reason,
                "museums": outcome.museum_ids,
            }
            self._file.write(json.dumps(told) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_ours(line: bytes) -> bool:
    if not line.endswith(b"\n"):  # a kill cut it off, perhaps before its number
        return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)
    try:
        told = json.loads(line)
    except ValueError:
        return False
    return isinstance(told, dict) and isinstance(told.get("line"), int)
