"""Settings of ingest: which connectors run, whose ticks count, and where the platforms are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.common.settings import ServiceSettings


class BlueskySettings(BaseModel):
    """Bluesky's public hosts; neither asks for a key."""

    jetstream: Annotated[tuple[str, ...], Field(min_length=1)] = (
        "wss://jetstream1.us-east.bsky.network",
        "wss://jetstream1.us-west.bsky.network",
        "wss://jetstream2.us-east.bsky.network",
        "wss://jetstream2.us-west.bsky.network",
    )
    """Jetstream servers that speak the v1 wire, in the order in which they are tried."""
    appview: str = "https://public.api.bsky.app"
    cursor_seconds: Annotated[float, Field(ge=0)] = 3.0
    """How often the cursor is written; after a kill about so much is read twice."""
    silence_seconds: Annotated[float, Field(gt=0)] = 120.0
    """A connection on which nothing comes for so long is broken: the network is never so silent."""
    stream_counts: bool = True
    """Count likes, reposts, quotes and replies from the stream: 7 GB a day instead of 1.2."""


class Settings(ServiceSettings):
    """All settings of ingest."""

    connectors: tuple[str, ...] = ("bluesky",)
    """Names from ``services.ingest.connectors``; none is good for a system fed by replays."""
    ticks: Literal["wall", "replay"] = "wall"
    """Whose clock drives the system; with ``replay`` the service writes no ticks itself."""
    bluesky: BlueskySettings = BlueskySettings()
