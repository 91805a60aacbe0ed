"""A post: one public item on one platform, and how it matched museums."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .base import Count, Model, MuseumId, Platform, PostId, Utc

MAX_TEXT_CHARS = 65_536


class Transport(StrEnum):
    """How a post came to us. Backfilled and replayed posts are counted and page nobody."""

    STREAM = "stream"
    POLL = "poll"
    WEBHOOK = "webhook"
    BACKFILL = "backfill"
    REPLAY = "replay"


class Author(Model):
    """Who posted, as far as the platform says; ``followers`` is absent where it does not."""

    native_id: str | None = None
    handle: str | None = None
    display_name: str | None = None
    url: str | None = None
    followers: Count | None = None
    is_bot: bool | None = None


class Mention(Model):
    """An account named in a post, by id or by handle."""

    native_id: str | None = None
    handle: str | None = None


class Media(Model):
    """A picture or film of a post; ``url`` may expire."""

    type: str
    url: str | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None


class Geo(Model):
    """Where a post says it was made. Only ``point`` and ``place`` can match a museum."""

    precision: Literal["point", "place", "city", "country"]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    radius_m: Annotated[float, Field(ge=0)] | None = None
    place_id: str | None = None
    place_name: str | None = None
    country: str | None = None


class Rating(Model):
    """Stars or a recommendation given with a review."""

    value: float | None = None
    max: float | None = None
    recommends: bool | None = None


class MatchKind(StrEnum):
    """Why a post concerns a museum; ``geo`` is "geotagged at the museum"."""

    HASHTAG = "hashtag"
    HANDLE = "handle"
    WORDS = "words"
    GEO = "geo"
    OWN = "own"


class Match(Model):
    """One reason why a post concerns a museum. ``own``: the museum's own account posted it."""

    museum_id: MuseumId
    kind: MatchKind
    value: str
    distance_m: float | None = None


class Ingest(Model):
    """How and when a post came in; ``received_at`` is our clock."""

    connector: str
    transport: Transport
    received_at: Utc


class Post(Model):
    """One public item on one platform.

    ``version`` grows with each edit, on the platform's own count. ``created_at`` is the author's
    claim and may lie; ``observed_at`` is our clock (in a simulation, its ticks). ``lang`` is
    declared by the author, not detected. Empty ``matches``: an edit took the post away from us.
    """

    post_id: PostId
    platform: Platform
    native_ref: dict[str, str] = Field(default_factory=dict)
    version: Annotated[int, Field(ge=0, le=2**63 - 1)]
    kind: Literal["post", "reply", "quote", "repost", "comment", "review", "photo", "video"] = (
        "post"
    )
    url: str | None = None
    author: Author | None = None
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARS)]
    lang: str | None = None
    hashtags: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    reply_to: PostId | None = None
    thread_root: PostId | None = None
    quote_of: PostId | None = None
    created_at: Utc
    indexed_at: Utc | None = None
    edited_at: Utc | None = None
    observed_at: Utc
    geo: Geo | None = None
    sensitive: bool | None = None
    content_warning: str | None = None
    rating: Rating | None = None
    matches: tuple[Match, ...] = ()
    ingest: Ingest

    @property
    def museum_ids(self) -> tuple[str, ...]:
        """The museums it concerns, sorted, each once."""
        return tuple(sorted({match.museum_id for match in self.matches}))

    @property
    def story_id(self) -> str:
        """The thread's root, or else the post itself."""
        return self.thread_root or self.post_id
