"""Settings of enrich."""

from __future__ import annotations

from pathlib import Path

from services.common.settings import HttpSettings, ServiceSettings


class Settings(ServiceSettings):
    """All that can be set; ``group`` is the consumer group and must not change with a release.

    ``sentiment_model``: a folder with a model of your own; else the one that is shipped.
    """

    http: HttpSettings = HttpSettings(port=8082)
    group: str = "enrich"
    sentiment_model: Path | None = None
