"""Options of Kafka clients: what reaches them of the settings, and what they promise at least."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from services.common.errors import Fatal
from services.common.kafka import (
    client_options,
    consumer_options,
    once_kafka_answers,
    producer_options,
    ssl_context,
)
from services.common.settings import KafkaSettings


def test_without_more_settings_it_is_plain() -> None:
    options = client_options(KafkaSettings(bootstrap="a:1,b:2"), "test")
    assert options["bootstrap_servers"] == "a:1,b:2"
    assert (options["security_protocol"], options["ssl_context"]) == ("PLAINTEXT", None)
    assert "sasl_plain_password" not in options


def test_credentials_reach_the_client() -> None:
    settings = KafkaSettings(
        security_protocol="SASL_SSL", username="passaparola", password=SecretStr("hunter2")
    )
    options = client_options(settings, "test")
    assert isinstance(options["ssl_context"], ssl.SSLContext)
    assert options["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_username"] == "passaparola"
    assert options["sasl_plain_password"] == "hunter2"


@pytest.fixture
def own(tmp_path: Path) -> dict[str, Any]:
    """The settings of an authority, a certificate and its key, each in a file."""
    authority = trustme.CA()
    made = authority.issue_cert("passaparola.example")
    files = {
        "ca_file": authority.cert_pem,
        "certificate_file": made.cert_chain_pems[0],
        "key_file": made.private_key_pem,
    }
    for name, pem in files.items():
        pem.write_to_path(str(tmp_path / name))
    return {name: str(tmp_path / name) for name in files}


def test_certificates_come_from_files(own: dict[str, Any]) -> None:
    context = ssl_context(KafkaSettings(security_protocol="SSL", **own))
    assert context is not None
    assert context.cert_store_stats()["x509_ca"] == 1  # and none of the system's


@pytest.mark.parametrize("name", ["ca_file", "certificate_file", "key_file"])
def test_a_file_that_cannot_be_used_is_told_with_its_setting(
    name: str, own: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "none.pem").write_text("hunter2")
    for file in ("none.pem", "nowhere.pem"):
        path = str(tmp_path / file)
        with pytest.raises(Fatal, match=f"PASSAPAROLA_KAFKA__{name.upper()}") as raised:
            ssl_context(KafkaSettings(security_protocol="SSL", **(own | {name: path})))
        assert path in str(raised.value)
        assert "hunter2" not in str(raised.value)


def test_a_producer_is_idempotent_and_waits_for_all() -> None:
    options = producer_options(KafkaSettings(), "test")
    assert options["enable_idempotence"] is True
    assert options["acks"] == "all"


def test_a_consumer_never_commits_by_itself_and_loses_no_beginning() -> None:
    options = consumer_options(KafkaSettings(session_seconds=30), "test")
    assert options["enable_auto_commit"] is False
    assert options["auto_offset_reset"] == "earliest"
    assert options["heartbeat_interval_ms"] * 3 <= options["session_timeout_ms"] == 30_000


def test_a_batch_may_wait_for_less_than_a_rebalance() -> None:
    settings = KafkaSettings()
    assert settings.retry_seconds < settings.rebalance_seconds


async def _never(stop: asyncio.Event) -> None:
    raise AssertionError("there is no broker to work with")


async def test_without_a_broker_it_says_so_in_the_end() -> None:
    settings = KafkaSettings(bootstrap="127.0.0.1:1", retry_seconds=0.01)
    with pytest.raises(Fatal, match=r"no Kafka answers at 127\.0\.0\.1:1"):
        await once_kafka_answers(settings, _never)(asyncio.Event())


async def test_it_stops_while_it_waits_for_a_broker() -> None:
    stop = asyncio.Event()
    waiting = asyncio.create_task(
        once_kafka_answers(KafkaSettings(bootstrap="127.0.0.1:1"), _never)(stop)
    )
    stop.set()
    await asyncio.wait_for(waiting, 10)
