"""The probes: what each says, and when."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from services.common.health import Health
from services.common.http import create_api


@pytest.fixture
def health() -> Health:
    return Health("tables", "register")


@pytest.fixture
async def client(health: Health) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_api("test", health))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_the_start_is_over_when_every_step_is_done(
    health: Health, client: httpx2.AsyncClient
) -> None:
    answer = await client.get("/startupz")
    assert (answer.status_code, answer.json()) == (503, {"starting": ["tables", "register"]})
    health.done("register")
    assert (await client.get("/startupz")).json() == {"starting": ["tables"]}
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    health.done("tables")
    assert (await client.get("/startupz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_what_does_not_answer_makes_us_unready_and_not_unhealthy(
    health: Health, client: httpx2.AsyncClient
) -> None:
    health.done("tables")
    health.done("register")
    health.not_ready("kafka", "NoBrokersAvailable")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["not_ready"] == {"kafka": "NoBrokersAvailable"}
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/startupz")).status_code == 200
    health.ready("kafka")
    health.ready("kafka")
    assert (await client.get("/readyz")).status_code == 200


async def test_a_note_is_shown_and_stops_nothing(
    health: Health, client: httpx2.AsyncClient
) -> None:
    health.done("tables")
    health.done("register")
    health.note("slack", "channel_not_found: invite the app")
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["notes"] == {"slack": "channel_not_found: invite the app"}
    health.note("slack", None)
    assert (await client.get("/readyz")).json()["notes"] == {}


async def test_what_stands_still_makes_us_unhealthy(
    health: Health, client: httpx2.AsyncClient
) -> None:
    stuck: list[str | None] = [None]
    health.watch("partitions", lambda: stuck[0])
    health.watch("tasks", lambda: None)
    assert (await client.get("/healthz")).status_code == 200
    stuck[0] = "posts.raw/3 at 17 for 200 s"
    answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"stuck": {"partitions": "posts.raw/3 at 17 for 200 s"}}


async def test_metrics_are_those_of_prometheus(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE passaparola_handled_records_total counter" in answer.text


async def test_there_is_no_page_for_browsers(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/docs")).status_code == 404
