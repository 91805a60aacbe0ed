"""Settings of enrich."""

from __future__ import annotations

from services.common.settings import HttpSettings, ServiceSettings


class Settings(ServiceSettings):
    """All that can be set; ``group`` is the consumer group and must not change with a release."""

    http: HttpSettings = HttpSettings(port=8082)
    group: str = "enrich"
