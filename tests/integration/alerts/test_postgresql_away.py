"""A PostgreSQL that is killed and comes back while alerts has work in hand."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.postgres import Postgres
from tests.integration.alerts.conftest import World, on_postgresql, until
from tests.integration.alerts.telling import all_are_told_once, publish

SHORT_LEASES = {"PASSAPAROLA_OUTBOX__CALL_SECONDS": "2", "PASSAPAROLA_OUTBOX__LEASE_SECONDS": "4"}
"""What was in flight at the kill must be looked for soon."""


@pytest.fixture
async def server() -> AsyncIterator[Postgres]:
    """A server of the test's own, which it may kill."""
    pytest.importorskip("asyncpg", reason="no PostgreSQL client: asyncpg is not installed")
    with tempfile.TemporaryDirectory(prefix="passaparola-") as folder:
        async with Postgres(Path(folder)) as started:
            yield started


@pytest.fixture
async def postgres(server: Postgres) -> str:
    """The url of an empty database on that server."""
    return await server.create("alerts")


@on_postgresql
@pytest.mark.timeout(300)
async def test_postgresql_that_is_killed_and_comes_back_loses_and_doubles_nothing(
    world: World, server: Postgres
) -> None:
    service = await world.start(**SHORT_LEASES)
    await publish(world, 10)
    await until(world.messages)
    server.kill()

    async def says_so() -> bool:
        status, detail = await service.get("/readyz")
        return status == 503 and "database" in str(detail)

    await until(says_so)
    await publish(world, 10)
    assert len(world.messages()) <= 10
    await server.start()
    await until(service.ready)
    await all_are_told_once(world, service, 20)
