"""Each fault as a caller sees it, and what Slack has stored by then."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.slack import (
    TOKEN,
    SlackFault,
    SlackStandIn,
    drop_after_acceptance,
    drop_before_acceptance,
    rate_limited,
    server_error,
    slack_error,
    timeout_after_acceptance,
    timeout_before_acceptance,
)

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_unseen")


def texts(slack: SlackStandIn, channel: str = "louvre") -> list[str]:
    return [message["text"] for message in slack.messages(channel)]


async def test_rate_limited(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.faults.add(rate_limited(30))
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="louvre", text="x")
    response = raised.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    assert response.headers["Retry-After"] == "30"
    assert texts(slack) == []
    await client.chat_postMessage(channel="louvre", text="x")
    assert texts(slack) == ["x"]


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("after", [False, True])
async def test_server_error(
    slack: SlackStandIn, client: AsyncWebClient, status: int, after: bool
) -> None:
    slack.faults.add(server_error(status, after_acceptance=after))
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="louvre", text="x")
    assert raised.value.response.status_code == status
    assert "text/html" in raised.value.response.headers["Content-Type"]
    assert texts(slack) == (["x"] if after else [])
    assert slack.ledger[-1].accepted is after


@pytest.mark.parametrize("after", [False, True])
async def test_slack_error(slack: SlackStandIn, client: AsyncWebClient, after: bool) -> None:
    slack.faults.add(slack_error("fatal_error", after_acceptance=after))
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="louvre", text="x")
    assert raised.value.response.status_code == 200
    assert raised.value.response["error"] == "fatal_error"
    assert texts(slack) == (["x"] if after else [])


@pytest.mark.parametrize(
    ("fault", "stored"), [(drop_before_acceptance(), []), (drop_after_acceptance(), ["x"])]
)
async def test_drop(
    slack: SlackStandIn, client: AsyncWebClient, fault: SlackFault, stored: list[str]
) -> None:
    slack.faults.add(fault)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel="louvre", text="x")
    assert texts(slack) == stored
    assert slack.ledger[-1].status is None
    assert slack.ledger[-1].fault == fault.name
    assert slack.ledger[-1].accepted is bool(stored)
    await client.chat_postMessage(channel="louvre", text="y")
    assert texts(slack) == [*stored, "y"]


@pytest.mark.parametrize(
    ("fault", "stored"), [(timeout_before_acceptance(), []), (timeout_after_acceptance(), ["x"])]
)
async def test_timeout(slack: SlackStandIn, fault: SlackFault, stored: list[str]) -> None:
    slack.faults.add(fault)
    timeout = aiohttp.ClientTimeout(total=0.2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=TOKEN, base_url=slack.base_url, session=session, retry_handlers=[]
        )
        with pytest.raises(TimeoutError):
            await client.chat_postMessage(channel="louvre", text="x")
    assert texts(slack) == stored
    assert slack.ledger[-1].status is None


async def test_stopping_ends_a_call_that_hangs() -> None:
    async with SlackStandIn(channels=["louvre"]) as slack:
        slack.faults.add(timeout_after_acceptance())
        client = AsyncWebClient(token=TOKEN, base_url=slack.base_url, retry_handlers=[])
        call = asyncio.create_task(client.chat_postMessage(channel="louvre", text="x"))
        async with asyncio.timeout(5):
            await slack.ledger.reached(1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call


async def test_the_sdk_doubles_a_message_unless_its_retries_are_taken_away(
    slack: SlackStandIn,
) -> None:
    """Why whoever posts must pass ``retry_handlers=[]``: the stand-in shows the danger."""
    slack.faults.add(drop_after_acceptance())
    client = AsyncWebClient(token=TOKEN, base_url=slack.base_url)
    await client.chat_postMessage(channel="louvre", text="x")
    assert texts(slack) == ["x", "x"]


async def test_a_fault_strikes_only_what_it_names(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    slack.faults.add(
        slack_error("internal_error", method="chat.update"),
        slack_error("internal_error", channel="#museum-alerts", times=2),
    )
    await client.auth_test()
    posted = await client.chat_postMessage(channel="louvre", text="x")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.chat_postMessage(channel="museum-alerts", text="x")
    await client.chat_postMessage(channel="museum-alerts", text="x")
    with pytest.raises(SlackApiError, match="internal_error"):
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    assert slack.faults.pending == ()


async def test_a_lasting_fault_goes_when_the_plan_is_cleared(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    slack.faults.add(slack_error("token_revoked", times=None))
    for _ in range(3):
        with pytest.raises(SlackApiError, match="token_revoked"):
            await client.auth_test()
    slack.faults.clear()
    await client.auth_test()


async def test_another_process_plans_faults_over_http(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    faults = f"{slack.url}/_stand-in/faults"
    async with aiohttp.ClientSession() as session:
        async with session.post(faults, json=slack_error("fatal_error").model_dump()) as answer:
            assert answer.status == 200
        plan = [{"answer": "rate_limited", "retry_after": 3}, {"answer": "drop"}]
        async with session.post(faults, json=plan) as answer:
            assert len((await answer.json())["faults"]) == 3
        for wrong in ({"answer": "explode"}, {"answer": "drop", "typo": 1}, "x"):
            async with session.post(faults, json=wrong) as answer:
                assert answer.status == 400
        with pytest.raises(SlackApiError, match="fatal_error"):
            await client.auth_test()
        async with session.get(faults) as answer:
            shown = (await answer.json())["faults"]
            assert [SlackFault(**f) for f in shown] == [rate_limited(3), drop_before_acceptance()]
        async with session.delete(faults) as answer:
            assert (await answer.json())["faults"] == []
    await client.auth_test()


def test_a_rate_limited_call_is_never_accepted() -> None:
    with pytest.raises(ValidationError, match="never accepted"):
        SlackFault(answer="rate_limited", after_acceptance=True)
