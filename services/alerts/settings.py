"""Settings of alerts: database, receivers and their channels, rules' thresholds, the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from services.alerts.channels.email import SmtpSettings
from services.alerts.channels.slack import SlackSettings
from services.common.settings import HttpSettings, ServiceSettings

Seconds = Annotated[float, Field(gt=0)]


class DatabaseSettings(BaseModel):
    """Where incidents and notifications are kept: ``sqlite:///FILE`` or ``postgresql://...``."""

    url: str = "sqlite:///passaparola.db"


class AlertsSettings(BaseModel):
    """Who is told, by which thresholds, and by whose clock.

    ``receivers``: name to channels to addresses; they go before those of ``receivers_file``, a
    YAML file of the same shape under ``receivers:``. ``rules``: rule to threshold to value.
    """

    receivers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    receivers_file: Path | None = None
    rules: dict[str, dict[str, Any]] = Field(default_factory=dict)
    clock: Literal["wall", "ticks"] = "wall"


class OutboxSettings(BaseModel):
    """How patiently notifications are delivered; all of it in wall time.

    ``call_seconds``: the longest one call to a channel may take. ``lease_seconds``: how long a
    claimed notification is left alone. ``settle_seconds``: after an attempt of unknown outcome,
    before the channel is asked. ``blocked_seconds``: between tries of what a person must mend.
    ``give_up_seconds``: after that long without a success a notification has failed.
    """

    senders: Annotated[int, Field(ge=1, le=64)] = 4
    call_seconds: Seconds = 20.0
    lease_seconds: Seconds = 60.0
    settle_seconds: Seconds = 10.0
    first_pause_seconds: Seconds = 2.0
    longest_pause_seconds: Seconds = 300.0
    blocked_seconds: Seconds = 600.0
    give_up_seconds: Seconds = 3 * 86_400.0

    @model_validator(mode="after")
    def _lease_outlives_calls(self) -> OutboxSettings:
        # A lease that ends before its call could let another replica look too early.
        if self.lease_seconds < 2 * self.call_seconds:
            raise ValueError("lease_seconds must be at least twice call_seconds")
        return self


class Settings(ServiceSettings):
    """All that can be set; ``group`` is the consumer group and must not change with a release."""

    http: HttpSettings = HttpSettings(port=8083)
    group: str = "alerts"
    database: DatabaseSettings = DatabaseSettings()
    alerts: AlertsSettings = AlertsSettings()
    outbox: OutboxSettings = OutboxSettings()
    slack: SlackSettings = SlackSettings()
    smtp: SmtpSettings = SmtpSettings()
