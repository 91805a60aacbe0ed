"""The platforms that ingest listens to: one file and one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx2

from services.ingest.settings import Settings

from .base import Connector
from .bluesky import Bluesky

CONNECTORS: Mapping[str, Callable[[Settings, httpx2.AsyncClient], Connector]] = {
    "bluesky": lambda settings, client: Bluesky(settings.bluesky, client),
}
