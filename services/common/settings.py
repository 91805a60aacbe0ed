"""Settings that every service has, from ``PASSAPAROLA_*`` variables and mounted secret files."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from schemas import explain

from .sources import PREFIX, Files, Variables

# Rather too much than too little: whatever stands before the last @ but the user's name.
_BEFORE_HOST = re.compile(r"(://(?:[^:@/\s]*:)?)\S*@")
_IN_QUERY = re.compile(r"(?i)([?&;][^=&;\s]*(?:pass|pwd|secret|token|key|sig)[^=&;\s]*=)[^&;\s]*")
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})", re.ASCII)


class KafkaSettings(BaseModel):
    """How to reach Kafka and how long to wait for it."""

    bootstrap: str = "127.0.0.1:9092"
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    retry_seconds: Annotated[float, Field(gt=0)] = 90.0
    """How long one batch may wait for Kafka; must stay below ``rebalance_seconds``."""
    rebalance_seconds: Annotated[float, Field(gt=0)] = 120.0
    session_seconds: Annotated[float, Field(gt=0)] = 10.0

    @field_validator("bootstrap")
    @classmethod
    def _addresses(cls, value: str) -> str:
        addresses = [address.strip() for address in value.split(",")]
        for address in addresses:
            found = _ADDRESS.fullmatch(address)
            if found is None or not 0 < int(found["port"]) < 65_536:
                raise ValueError("must be host:port, or several of them with commas between")
        return ",".join(addresses)

    @model_validator(mode="after")
    def _sasl_has_what_it_needs(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.username and self.password):
            raise ValueError(
                f"{self.security_protocol} needs a user name and a password: "
                "set PASSAPAROLA_KAFKA__USERNAME and PASSAPAROLA_KAFKA__PASSWORD"
            )
        return self

    @model_validator(mode="after")
    def _a_wait_is_shorter_than_a_rebalance(self) -> Self:
        if self.retry_seconds >= self.rebalance_seconds:
            raise ValueError(
                f"retry_seconds ({self.retry_seconds:g}) must be below rebalance_seconds "
                f"({self.rebalance_seconds:g}): a worker that waits longer is thrown out"
            )
        return self


class HttpSettings(BaseModel):
    """Where health and metrics are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class GuardSettings(BaseModel):
    """When a service stops parking what it cannot read: then the fault is ours, not the input's."""

    max_consecutive: Annotated[int, Field(ge=1)] = 100
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    window: Annotated[int, Field(ge=10)] = 200


class WatchdogSettings(BaseModel):
    """When a partition that has work and does not move counts as stuck."""

    stall_seconds: Annotated[float, Field(gt=0)] = 180.0


class ServiceSettings(BaseSettings):
    """Base of each service's settings: nested by ``__``, in variables and in names of files.

    ``PASSAPAROLA_SECRETS_DIR`` names a folder of such files; a variable goes before a file.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="ignore",
        nested_model_default_partial_update=True,
        frozen=True,
        hide_input_in_errors=True,  # it may be a secret
    )

    kafka: KafkaSettings = KafkaSettings()
    http: HttpSettings = HttpSettings()
    guard: GuardSettings = GuardSettings()
    watchdog: WatchdogSettings = WatchdogSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the files' nested names too, and refuse a folder that is not there."""
        files = Files(
            file_secret_settings,
            secrets_dir=os.environ.get(f"{PREFIX}SECRETS_DIR"),
            secrets_dir_missing="error",
        )
        return init_settings, Variables(settings_cls), files


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load_settings(settings: type[SettingsT]) -> SettingsT:
    """Read settings for a process; a fault in them ends it with one sentence and status 1."""
    try:
        return settings()
    except (ValidationError, SettingsError) as error:
        told = explain(error) if isinstance(error, ValidationError) else str(error)
        sys.exit(f"error: settings: {told}")


def redacted(settings: BaseModel) -> dict[str, Any]:
    """Return the settings for printing: secrets are stars, those in addresses too."""
    shown = settings.model_dump(mode="json")
    return {name: _without_secrets(value) for name, value in shown.items()}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    if isinstance(value, str) and "://" in value:
        return _IN_QUERY.sub(r"\1***", _BEFORE_HOST.sub(r"\1***@", value))
    return value
