"""Kafka's clients: their options, in one place, and whether there is a broker at all."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from .certificates import identify, trusting
from .errors import Fatal
from .settings import KafkaSettings

log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 1.0
_PREFIX = "PASSAPAROLA_KAFKA__"


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """Return a TLS context where the protocol asks for one. Raises ``Fatal`` without its files."""
    if "SSL" not in settings.security_protocol:
        return None
    context = trusting(f"{_PREFIX}CA_FILE", settings.ca_file)
    if settings.certificate_file:
        certificate = (f"{_PREFIX}CERTIFICATE_FILE", settings.certificate_file)
        key = (f"{_PREFIX}KEY_FILE", settings.key_file) if settings.key_file else certificate
        identify(context, certificate, key)
    return context


def client_options(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """Return what every client of aiokafka is given."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "client_id": client_id,
        "security_protocol": settings.security_protocol,
        "ssl_context": ssl_context(settings),
    }
    if settings.username is not None and settings.password is not None:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.username,
            "sasl_plain_password": settings.password.get_secret_value(),
        }
    return options


def producer_options(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """Return the options of an idempotent producer."""
    return client_options(settings, client_id) | {
        "enable_idempotence": True,
        "acks": "all",
        "compression_type": "lz4",
        "linger_ms": 5,
        "max_batch_size": 131_072,
        "request_timeout_ms": 10_000,
    }


def consumer_options(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """Return the options of a consumer that never commits by itself."""
    return client_options(settings, client_id) | {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": int(settings.session_seconds * 1000),
        "heartbeat_interval_ms": int(settings.session_seconds * 1000 / 10),
        "rebalance_timeout_ms": int(settings.rebalance_seconds * 1000),
        "max_partition_fetch_bytes": 4 * 1024 * 1024,
    }


def once_kafka_answers(
    settings: KafkaSettings, work: Callable[[asyncio.Event], Awaitable[None]]
) -> Callable[[asyncio.Event], Coroutine[Any, Any, None]]:
    """Return a service's work that begins when a broker answers: the two may start together.

    It raises ``Fatal`` where none answers for ``retry_seconds``.
    """

    async def begin(stop: asyncio.Event) -> None:
        deadline = time.monotonic() + settings.retry_seconds
        while not stop.is_set():
            if await _answers(settings):
                return await work(stop)
            if time.monotonic() > deadline:
                raise Fatal(
                    f"no Kafka answers at {settings.bootstrap}; "
                    "set PASSAPAROLA_KAFKA__BOOTSTRAP to its address"
                )
            log.warning("kafka_awaited", bootstrap=settings.bootstrap)
            try:
                await asyncio.wait_for(stop.wait(), _PAUSE_SECONDS)
            except TimeoutError:
                continue
        return None

    return begin


async def _answers(settings: KafkaSettings) -> bool:
    client = AIOKafkaClient(**client_options(settings, "passaparola"))
    try:
        await client.bootstrap()
    except KafkaConnectionError:
        return False
    finally:
        await client.close()
    return True
