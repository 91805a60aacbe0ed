"""The stand-in as Slack's SDK and plain HTTP meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from demo.ledger import read_ledger
from demo.slack import TOKEN, Call, SlackStandIn, slack_error
from demo.slack.messages import Channel

pytestmark = pytest.mark.usefixtures("nothing_goes_wrong_unseen")

METADATA = {"event_type": "passaparola_notification", "event_payload": {"id": "n-1"}}


async def test_the_token_says_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert answer["ok"] is True
    assert answer["bot_id"].startswith("B")


async def test_form_and_json_bodies_mean_the_same(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*à la forme*"}}]
    await client.api_call(
        "chat.postMessage",
        data={
            "channel": "museum-alerts",
            "text": "queue & più",
            "blocks": json.dumps(blocks),
            "metadata": json.dumps(METADATA),
        },
    )
    await client.chat_postMessage(
        channel="museum-alerts", text="queue & più", blocks=blocks, metadata=METADATA
    )
    form, from_json = (
        {key: value for key, value in message.items() if key != "ts"}
        for message in slack.messages("museum-alerts")
    )
    assert form == from_json
    assert form["metadata"] == METADATA


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lambda s: s.tokens.clear(), "invalid_auth"),
        (lambda s: s.expired_tokens.add(TOKEN), "token_expired"),
        (lambda s: s.scopes.clear(), "missing_scope"),
        (lambda s: setattr(s.workspace.channel("C0LOUVRE00"), "archived", True), "is_archived"),
        (lambda s: setattr(s.workspace.channel("C0LOUVRE00"), "member", False), "not_in_channel"),
        (lambda s: s.workspace.channels.clear(), "channel_not_found"),
        (lambda s: s.faults.add(slack_error("internal_error")), "internal_error"),
    ],
)
async def test_refusals_come_with_http_200(
    prepare: Callable[[SlackStandIn], None], error: str
) -> None:
    channel = Channel(id="C0LOUVRE00", name="louvre")
    async with SlackStandIn(channels=[channel]) as slack:
        prepare(slack)
        client = AsyncWebClient(token=TOKEN, base_url=slack.base_url, retry_handlers=[])
        with pytest.raises(SlackApiError) as raised:
            await client.chat_postMessage(channel=channel.id, text="x")
        assert raised.value.response.status_code == 200
        assert raised.value.response["error"] == error
        assert channel.messages == {}
        assert slack.ledger[-1].error == error
        assert not slack.ledger[-1].accepted


async def test_no_token_is_another_error_than_a_wrong_one(slack: SlackStandIn) -> None:
    client = AsyncWebClient(base_url=slack.base_url)
    with pytest.raises(SlackApiError, match="not_authed"):
        await client.auth_test()


async def test_one_message_a_second_a_channel() -> None:
    now = 1_700_000_000.0
    async with SlackStandIn(
        channels=["a", "b"], seconds_between_messages=1.0, clock=lambda: now
    ) as slack:
        client = AsyncWebClient(token=TOKEN, base_url=slack.base_url, retry_handlers=[])
        first = await client.chat_postMessage(channel="a", text="1")
        assert first["ts"] == "1700000000.000000"
        now += 0.4
        with pytest.raises(SlackApiError) as raised:
            await client.chat_postMessage(channel="a", text="2")
        assert raised.value.response.status_code == 429
        assert raised.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel="b", text="2")
        now += 0.6
        await client.chat_postMessage(channel="a", text="3")
        assert [m["text"] for m in slack.messages("a")] == ["1", "3"]


async def test_the_ledger_keeps_everything_but_the_token(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "slack.jsonl"
    async with SlackStandIn(ledger=path) as slack:
        client = AsyncWebClient(token=TOKEN, base_url=slack.base_url)
        await client.chat_postMessage(channel="museum-alerts", text="\ud83c" + "é", thread_ts=None)
        assert len(path.read_text().splitlines()) == 1, "each line is written at once"
        await client.api_call("auth.test", data={"token": TOKEN})
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{slack.url}/_stand-in/ledger") as answer:
                shown = [Call.model_validate(call) for call in (await answer.json())["calls"]]
            async with session.get(f"{slack.url}/_stand-in/channels") as answer:
                channels = (await answer.json())["channels"]
    assert shown == list(slack.ledger) == read_ledger(path, Call)
    assert [call.number for call in shown] == [1, 2]
    assert [call.method for call in shown] == ["chat.postMessage", "auth.test"]
    assert shown[0].arguments["text"] == "\ud83c" + "é"
    assert shown[0].arrived_at <= shown[1].arrived_at
    assert channels[0]["messages"][0]["ts"] == shown[0].ts
    assert TOKEN not in path.read_text()
    with path.open("a") as file:
        file.write('{"number": 3, "arr')
    assert read_ledger(path, Call) == shown


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"\xff\xfe\x00", "application/json", "invalid_json"),
        (b"{", "application/json", "invalid_json"),
        (b'{"text": NaN}', "application/json", "invalid_json"),
        (b"[" * 100_000, "application/json", "invalid_json"),
        (b"[1]", "application/json", "json_not_object"),
        (b"\xff=\xff", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"hello", "text/csv", "invalid_post_type"),
        (b'{"channel": ["x"], "text": {"a": 1}}', "application/json", "channel_not_found"),
        (b'{"channel": "louvre", "text": 7}', "application/json", "invalid_arguments"),
        (b'{"channel": "louvre", "blocks": 7}', "application/json", "invalid_blocks_format"),
        (b'{"channel": "louvre", "text": "x", "metadata": 7}', "application/json", None),
    ],
)
async def test_garbage_is_answered_and_written_down(
    slack: SlackStandIn, body: bytes, content_type: str, error: str | None
) -> None:
    headers = {"Content-Type": content_type, "Authorization": f"Bearer {TOKEN}"}
    url = f"{slack.base_url}chat.postMessage"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
            assert (await answer.json())["error"] == (error or "invalid_metadata_format")
        async with session.get(f"{slack.base_url}nothing.like.it") as answer:
            assert (await answer.json())["error"] == "unknown_method"
        async with session.get(f"{slack.url}/nowhere") as answer:
            assert answer.status == 404
    assert len(slack.ledger) == 2


async def test_a_channel_is_shown_as_its_readers_see_it(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel="louvre", text="an *incident*")
    await client.chat_postMessage(channel="louvre", text="another")
    await client.chat_postMessage(channel="louvre", text="resolved", thread_ts=root["ts"])
    lines = [line for line in slack.render("louvre").splitlines() if "UTC" not in line and line]
    assert lines[0].startswith("#louvre")
    assert lines[1:] == ["an incident", "    resolved", "another"]


async def test_a_taken_port_is_an_error_and_leaves_nothing_open(
    slack: SlackStandIn, tmp_path: Path
) -> None:
    port = int(slack.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        async with SlackStandIn(port=port, ledger=tmp_path / "slack.jsonl"):
            pass
