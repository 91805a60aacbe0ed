"""Dead letters of what a source gave: its bytes, the reason, and where they stood."""

from __future__ import annotations

from schemas.topics import INGEST_DEAD_LETTERS
from services.common.errors import Poison
from services.common.records import Record

from .observations import Observation


def dead_letter(observation: Observation, error: Poison, source: str) -> Record:
    """Return the dead letter of an observation.

    Bytes beyond what the topic takes are cut off, and a header says so.
    """
    limit = INGEST_DEAD_LETTERS.max_bytes
    headers = {
        "dlq_reason": error.reason,
        "dlq_exception": type(error).__name__,
        "dlq_message": str(error)[:500],
        "dlq_source": source,
        **{f"dlq_{name}": value for name, value in observation.origin},
    }
    if len(observation.raw) > limit:
        headers["dlq_cut"] = "true"
    return Record(
        INGEST_DEAD_LETTERS,
        None,
        observation.raw[:limit],
        tuple((name, value.encode("utf-8", "replace")) for name, value in headers.items()),
        partition=0,
    )
