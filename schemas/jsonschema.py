"""Writes the JSON Schemas of all events to ``schemas/json``: ``python -m schemas.jsonschema``."""

from __future__ import annotations

import json
from pathlib import Path

from . import cloudevents as ce
from .activity import MuseumActivity
from .base import Model
from .engagement import EngagementSnapshot
from .enriched import EnrichedPost
from .incident import Incident
from .museum import Museum
from .norms import ForecastSums, NormSums
from .post import Post
from .removal import Removal
from .tracking import Cursor, Gap, TrackedPost

EVENTS: dict[str, type[Model]] = {
    ce.MUSEUM: Museum,
    ce.POST: Post,
    ce.ENGAGEMENT: EngagementSnapshot,
    ce.REMOVAL: Removal,
    ce.TRACKED: TrackedPost,
    ce.CURSOR: Cursor,
    ce.GAP: Gap,
    ce.POST_ENRICHED: EnrichedPost,
    ce.ACTIVITY: MuseumActivity,
    ce.NORMS: NormSums,
    ce.FORECAST: ForecastSums,
    ce.INCIDENT: Incident,
}
FOLDER = Path(__file__).parent / "json"


def schema_text(ce_type: str) -> str:
    """Return the JSON Schema of an event type as its file holds it."""
    schema = EVENTS[ce_type].model_json_schema(mode="serialization")
    named = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ce.schema_urn(ce_type),
    }
    return json.dumps(named | schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write(folder: Path = FOLDER) -> list[Path]:
    """Write one file an event type and return their paths."""
    folder.mkdir(exist_ok=True)
    paths = []
    for ce_type in EVENTS:
        path = folder / f"{ce_type}.json"
        path.write_text(schema_text(ce_type), encoding="utf-8")
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write():
        print(written.name)
