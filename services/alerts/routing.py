"""Who is told: a museum's receivers, their channels, and their addresses as settings now have them.

A receiver that no setting knows is shown and never stops anything; a museum left without any
known receiver is told through ``default``, so that no alert goes nowhere unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
import yaml

from schemas import Museum
from services.common.errors import Fatal
from services.common.health import Health

from .channels import Channel
from .channels.channel import Address
from .settings import AlertsSettings

log = structlog.get_logger(__name__)

DEFAULT = "default"


@dataclass(frozen=True)
class Route:
    """One receiver on one channel."""

    receiver: str
    channel: str


class Routing:
    """The receivers of the settings, checked by their channels."""

    def __init__(self, receivers: Mapping[str, Mapping[str, Address]]) -> None:
        self._receivers = receivers

    @property
    def receivers(self) -> tuple[str, ...]:
        """The names that settings know."""
        return tuple(self._receivers)

    def address(self, receiver: str, channel: str) -> Address | None:
        """Return where a receiver is reached now, if settings still say so."""
        return self._receivers.get(receiver, {}).get(channel)

    def channels(self, receiver: str) -> tuple[str, ...]:
        """Return the channels of a receiver."""
        return tuple(self._receivers.get(receiver, {}))

    def unknown(self, museum: Museum) -> tuple[str, ...]:
        """Return the receivers of a museum that no setting knows."""
        return tuple(name for name in museum.receivers if name not in self._receivers)

    def routes(self, museum: Museum | None) -> tuple[Route, ...]:
        """Return everyone to be told about a museum, each once."""
        named = museum.receivers if museum is not None else ()
        known = [name for name in dict.fromkeys(named) if name in self._receivers]
        return tuple(
            Route(receiver, channel)
            for receiver in known or [DEFAULT]
            for channel in self.channels(receiver)
        )

    def note(self, museum: Museum, health: Health) -> None:
        """Show in ``/readyz``, and log, which of a museum's receivers settings do not know."""
        part = f"receivers of {museum.museum_id}"
        unknown = self.unknown(museum)
        if not unknown:
            health.note(part, None)
            return
        told = ", ".join(dict.fromkeys(route.receiver for route in self.routes(museum)))
        names = ", ".join(unknown)
        health.note(part, f"no settings for receiver {names}; told instead: {told or 'nobody'}")
        log.warning("receiver_unknown", museum_id=museum.museum_id, receivers=list(unknown))


def load_routing(settings: AlertsSettings, channels: Mapping[str, Channel]) -> Routing:
    """Read and check the receivers. Raises ``Fatal`` that says what is wrong and where."""
    receivers = _from_file(settings) | settings.receivers
    return Routing({name: _addresses(name, value, channels) for name, value in receivers.items()})


def _from_file(settings: AlertsSettings) -> dict[str, Any]:
    path = settings.receivers_file
    if path is None:
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Fatal(f"receivers file {path} cannot be read: {error}") from error
    receivers = found.get("receivers") if isinstance(found, dict) else None
    if not isinstance(receivers, dict):
        raise Fatal(f"receivers file {path}: expected `receivers:` with a name for each receiver")
    return {str(name): value for name, value in receivers.items()}


def _addresses(name: str, value: Any, channels: Mapping[str, Channel]) -> dict[str, Address]:
    if not isinstance(value, dict):
        raise Fatal(f"receiver {name}: expected channels with addresses, as `email: a@b.org`")
    addresses: dict[str, Address] = {}
    for channel, address in value.items():
        if channel not in channels:
            raise Fatal(f"receiver {name}: no channel {channel}; there are {', '.join(channels)}")
        try:
            addresses[channel] = channels[channel].parse_address(address)
        except ValueError as error:
            raise Fatal(f"receiver {name}, channel {channel}: {error}") from error
    return addresses
