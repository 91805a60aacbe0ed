"""What ingest remembers between restarts: cursors, tracked posts, and gaps in what it saw."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from .base import Model, MuseumId, Platform, PostId, Utc
from .engagement import Counters


class Cursor(Model):
    """How far one subscription of one connector has come; written after the broker's word only."""

    connector: str
    subscription: str
    position: dict[str, str | int]
    updated_at: Utc

    @property
    def key(self) -> str:
        """The record's key on ``ingest.cursors``."""
        return f"{self.connector}:{self.subscription}"


class TrackedPost(Model):
    """A post that was passed on: how to ask for it again, and what it showed last. No text."""

    post_id: PostId
    platform: Platform
    native_ref: dict[str, str] = Field(default_factory=dict)
    author_id: str | None = None
    museum_ids: tuple[MuseumId, ...] = ()
    version: int
    created_at: Utc
    tracked_at: Utc
    next_look_at: Utc | None = None
    looked_at: Utc | None = None
    unchanged_looks: Annotated[int, Field(ge=0)] = 0
    missing_looks: Annotated[int, Field(ge=0)] = 0
    counters: Counters | None = None


class GapReason(StrEnum):
    """Why something may not have been seen."""

    DISCONNECTED = "disconnected"
    CURSOR_TOO_OLD = "cursor_too_old"
    STARTED_LATE = "started_late"


class Gap(Model):
    """A stretch of a source that may not have been seen; ``filled`` once it was read after all."""

    connector: str
    subscription: str
    from_at: Utc
    to_at: Utc
    reason: GapReason
    filled: bool

    @property
    def key(self) -> str:
        """The record's key on ``ingest.gaps``."""
        return f"{self.connector}:{self.subscription}"
