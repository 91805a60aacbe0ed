"""The golden records: what lay on the topics yesterday, one file a type, written by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "golden"
TYPES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Golden:
    """A record as text; ``value`` is what its JSON says."""

    topic: str
    key: str
    headers: dict[str, str]
    value: dict[str, Any] | None

    @property
    def header_bytes(self) -> dict[str, bytes]:
        """The headers as Kafka carries them."""
        return {name: text.encode() for name, text in self.headers.items()}

    @property
    def value_bytes(self) -> bytes:
        """The value as a writer in another language may put it: other order and spaces."""
        return json.dumps(self.value, ensure_ascii=True, sort_keys=True, indent=1).encode()


def golden(ce_type: str) -> Golden:
    """Return the golden record of an event type."""
    return Golden(**json.loads((FOLDER / f"{ce_type}.json").read_text("utf-8")))
