"""Sends a marked trial message to one receiver through its real channels: ``alerts test``.

It needs neither Kafka nor the database, and keeps nothing.
"""

from __future__ import annotations

import uuid

from services.common.errors import PassaparolaError

from .channels import Channel, create_channels
from .channels.channel import Address
from .messages import trial_message
from .routing import Routing, load_routing
from .settings import Settings


class TrialFailed(PassaparolaError):
    """At least one channel did not take the trial; ``lines`` says of each what happened."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


async def send_trial(settings: Settings, receiver: str) -> list[str]:
    """Send a trial to each channel of a receiver and return one line for each.

    Raises ``Fatal`` where the receivers' settings are wrong, ``TrialFailed`` where the receiver
    is unknown, has no channel, or one did not accept; every channel is tried before it raises.
    """
    channels = create_channels(settings)
    try:
        routing = load_routing(settings.alerts, channels)
        names = routing.channels(receiver)
        if receiver in routing.receivers and not names:
            raise TrialFailed(
                [f"receiver {receiver!r} has no channel; give it {' or '.join(channels)}"]
            )
        if not names:
            raise TrialFailed([f"no receiver {receiver!r} in the settings; {_known(routing)}"])
        results = [
            await _try(channels[name], name, receiver, routing.address(receiver, name) or ())
            for name in names
        ]
    finally:
        for channel in channels.values():
            await channel.aclose()
    lines = [line for _, line in results]
    if not all(fine for fine, _ in results):
        raise TrialFailed(lines)
    return lines


def _known(routing: Routing) -> str:
    if routing.receivers:
        return f"there are: {', '.join(routing.receivers)}"
    return (
        "there are none: set PASSAPAROLA_ALERTS__RECEIVERS, or PASSAPAROLA_ALERTS__RECEIVERS_FILE "
        "to a file with them"
    )


async def _try(channel: Channel, name: str, receiver: str, address: Address) -> tuple[bool, str]:
    where = f"{name} {', '.join(address)}"
    message = trial_message(str(uuid.uuid4()), receiver)
    try:
        await channel.send(message, address, None)
    except (TimeoutError, PassaparolaError) as error:
        return False, f"{where}: not sent: {error}"
    return True, f"{where}: sent"
