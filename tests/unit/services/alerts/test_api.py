"""The list of incidents."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI

from services.alerts.api import create_router
from services.alerts.store.database import Database
from tests.unit.services.alerts.desk import Desk
from tests.unit.services.alerts.samples import AT, viral


@pytest.fixture
def client(database: Database) -> httpx2.AsyncClient:
    api = FastAPI()
    api.include_router(create_router(database))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(api), base_url="http://alerts")


async def test_pages_follow_each_other_without_text(desk: Desk, client: httpx2.AsyncClient) -> None:
    for number in range(5):
        seen = AT + timedelta(minutes=number // 2)
        await desk.keep(viral(post_id=f"bluesky:{number}", observed_at=seen))
    await desk.keep(viral(museum_id="louvre"))
    found: list[str] = []
    query: dict[str, str] = {"museum_id": "museo-egizio", "limit": "2"}
    while True:
        answer = await client.get("/v1/incidents", params=query)
        assert answer.status_code == 200
        assert "queue" not in answer.text
        page = answer.json()
        found += [incident["story_id"] for incident in page["incidents"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert len(found) == len(set(found)) == 5
    assert found[0] == "bluesky:4"
    everything = (await client.get("/v1/incidents")).json()
    assert len(everything["incidents"]) == 6


@pytest.mark.parametrize("after", ["x", "%%%", "MjAyNi0wNS0wM3xh", "é"])
async def test_bad_cursor_is_told(client: httpx2.AsyncClient, after: str) -> None:
    answer = await client.get("/v1/incidents", params={"after": after})
    assert answer.status_code == 422
    assert "after" in answer.text
