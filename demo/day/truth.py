"""The truth of a day: who must be told of what, what must be struck, what must stay quiet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Count, MuseumId, PostId, Utc

Channel = Literal["slack", "email"]
Fate = Literal[
    "published", "released", "unmatched", "counted", "removed", "untracked", "dead_letter"
]
"""What becomes of a line: a post that concerns a museum is published, one that an edit took away
is released, one about no museum is unmatched; a snapshot of a post that was passed on is counted;
snapshots and removals of anything else are untracked."""


class Fact(BaseModel):
    """Part of a truth: frozen, and an unknown field is an error, most often a slip."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Expected(Fact):
    """A museum must be told of a story: once on each channel."""

    museum_id: MuseumId
    story_id: PostId
    rules: Annotated[tuple[str, ...], Field(min_length=1)]
    """Rules that the notification must name."""
    why: str
    after: Utc | None = None
    """The day's time of the line that makes it due."""


class Struck(Fact):
    """A notification that must be struck in the end, since its post was removed."""

    museum_id: MuseumId
    story_id: PostId
    gone: Annotated[str, Field(min_length=1)]
    """Words of the removed post that the message must no longer show."""


class Forbidden(Fact):
    """A story that must reach nobody; what is not expected must not either, but here is why."""

    story_id: PostId
    why: str


class Truth(Fact):
    """What a day must lead to. By hand, ``expected`` alone is enough."""

    expected: tuple[Expected, ...]
    struck: tuple[Struck, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = ("slack", "email")
    """On which of them each museum must be told."""
    lines: dict[Fate, Count] = Field(default_factory=dict)
    """How many of the day's lines there are of each fate."""
    seed: int | None = None
