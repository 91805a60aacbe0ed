"""An alert and an incident: what a rule found, and what the team does about it. No post text."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from .base import Model, MuseumId, PostId, Utc


class Severity(StrEnum):
    """How much it matters to the team."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class IncidentState(StrEnum):
    """Where the team stands with an incident."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class Alert(Model):
    """One rule found one thing. ``summary`` is the sentence with its numbers, never post text."""

    rule: str
    museum_id: MuseumId
    story_id: str
    post_id: PostId
    severity: Severity
    summary: str
    numbers: dict[str, float]
    found_at: Utc


class Incident(Model):
    """All alerts of one story of one museum."""

    incident_id: str
    museum_id: MuseumId
    story_id: str
    state: IncidentState
    severity: Severity
    opened_at: Utc
    updated_at: Utc
    alerts: Annotated[tuple[Alert, ...], Field(min_length=1)]
    post_url: str | None
    removed: bool = False
    revision: Annotated[int, Field(ge=1)]

    @property
    def key(self) -> str:
        """The record's key on ``incidents``."""
        return f"{self.museum_id}/{self.incident_id}"
