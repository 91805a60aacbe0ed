"""A broker that goes away and comes back while alerts has work in hand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.kafka import Kafka
from services.common import publisher as publishing
from services.common.metrics import PUBLISHER_RENEWED
from tests.integration.alerts.conftest import World, on_postgresql, until
from tests.integration.alerts.telling import all_are_told_once, publish


@pytest.fixture(autouse=True)
def _quiet_clients(caplog: pytest.LogCaptureFixture) -> None:
    """Clients complain many times a second of a broker that a test has killed."""
    caplog.set_level(logging.CRITICAL, logger="aiokafka")


@pytest.fixture
async def kafka(kafka: Kafka, tmp_path: Path) -> AsyncIterator[Kafka]:
    """A broker of the test's own, which it may kill; skipped where there can be none."""
    async with Kafka(tmp_path / "kafka") as broker:
        yield broker


@on_postgresql
@pytest.mark.timeout(300)
async def test_broker_that_is_away_for_a_while_loses_and_doubles_nothing(
    world: World, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_ATTEMPT_SECONDS", 0.5)
    service = await world.start()
    await publish(world, 10)
    await until(world.messages)
    kafka.kill()
    renewed = PUBLISHER_RENEWED._value.get()
    publishing_on = asyncio.create_task(publish(world, 10))
    await until(lambda: PUBLISHER_RENEWED._value.get() > renewed, what="the broker is missed")
    assert not publishing_on.done()
    await kafka.start()
    await publishing_on
    await all_are_told_once(world, service, 20)
