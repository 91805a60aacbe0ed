"""The methods as Slack's SDK calls them; and whatever the arguments are, an answer or a refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import HeaderBlock, SectionBlock
from slack_sdk.models.metadata import Metadata
from slack_sdk.web.async_client import AsyncWebClient

from demo.slack import SlackStandIn
from demo.slack.messages import SlackError, Workspace
from demo.slack.methods import METHODS

METADATA = {"event_type": "passaparola_notification", "event_payload": {"id": "n-1"}}


async def error_of(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as raised:
        await call
    answer: dict[str, Any] = raised.value.response.data
    return answer


async def test_a_message_is_found_again_by_its_metadata(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(
        channel="#museum-alerts",
        text="fallback",
        blocks=[HeaderBlock(text="Going viral"), SectionBlock(text="*47* posts")],
        metadata=Metadata("passaparola_notification", {"id": "n-1"}),
        unfurl_links=False,
    )
    channel = posted["channel"]
    whole = await client.conversations_history(channel=channel, include_all_metadata=True)
    assert [m["metadata"] for m in whole["messages"]] == [METADATA]
    assert whole["messages"][0]["ts"] == posted["ts"]
    assert whole["messages"][0]["blocks"][1]["text"]["text"] == "*47* posts"

    plain = await client.conversations_history(channel=channel)
    assert plain["messages"][0]["metadata"] == {"event_type": "passaparola_notification"}


async def test_update_keeps_metadata_and_a_new_text_takes_the_blocks(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "said"}}]
    posted = await client.chat_postMessage(
        channel="louvre", text="said", blocks=blocks, metadata=METADATA
    )
    channel, ts = posted["channel"], posted["ts"]
    struck = [{"type": "section", "text": {"type": "mrkdwn", "text": "~said~"}}]
    updated = await client.chat_update(channel=channel, ts=ts, text="removed", blocks=struck)
    assert updated["text"] == "removed"
    [message] = slack.messages("louvre")
    assert message["blocks"][0]["text"]["text"] == "~said~"
    assert message["metadata"] == METADATA
    assert "edited" in message

    await client.chat_update(channel=channel, ts=ts, text="only text", metadata={})
    [message] = slack.messages("louvre")
    assert "blocks" not in message
    assert "metadata" not in message


async def test_threads(slack: SlackStandIn, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="louvre", text="incident")
    channel = root["channel"]
    for text in ("first", "second"):
        await client.chat_postMessage(channel=channel, text=text, thread_ts=root["ts"])
    await client.chat_postMessage(
        channel=channel, text="to all", thread_ts=root["ts"], reply_broadcast=True
    )
    replies = await client.conversations_replies(channel=channel, ts=root["ts"])
    assert [m["text"] for m in replies["messages"]] == ["incident", "first", "second", "to all"]
    assert replies["messages"][0]["reply_count"] == 3
    history = await client.conversations_history(channel=channel)
    assert [m["text"] for m in history["messages"]] == ["to all", "incident"]


async def test_delete_leaves_a_tombstone_only_over_replies(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    alone = await client.chat_postMessage(channel="louvre", text="alone")
    root = await client.chat_postMessage(channel="louvre", text="root", metadata=METADATA)
    await client.chat_postMessage(channel="louvre", text="reply", thread_ts=root["ts"])
    for message in (alone, root):
        await client.chat_delete(channel=message["channel"], ts=message["ts"])
    left = slack.messages("louvre")
    assert [m["text"] for m in left] == ["This message was deleted.", "reply"]
    assert "metadata" not in left[0]
    for ts in (alone["ts"], root["ts"]):
        answer = await error_of(client.chat_update(channel=root["channel"], ts=ts, text="x"))
        assert answer["error"] == "message_not_found"


async def test_history_comes_in_pages_newest_first(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    posted = [await client.chat_postMessage(channel="louvre", text=str(n)) for n in range(7)]
    channel, stamps = posted[0]["channel"], [p["ts"] for p in posted]
    assert len(set(stamps)) == 7

    texts: list[str] = []
    async for page in await client.conversations_history(channel=channel, limit=3):
        assert len(page["messages"]) <= 3
        texts += [m["text"] for m in page["messages"]]
    assert texts == ["6", "5", "4", "3", "2", "1", "0"]

    async def between(**window: Any) -> list[str]:
        answer = await client.conversations_history(channel=channel, **window)
        return [m["text"] for m in answer["messages"]]

    assert await between(oldest=stamps[2], latest=stamps[5]) == ["4", "3"]
    assert await between(oldest=stamps[2], latest=stamps[5], inclusive=True) == list("5432")
    assert await between(oldest=stamps[4], limit=1) == ["6"]


async def test_nothing_is_changed_in_an_archived_channel(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="louvre", text="x")
    slack.workspace.channel(posted["channel"]).archived = True
    update = client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    assert (await error_of(update))["error"] == "is_inactive"
    history = await client.conversations_history(channel=posted["channel"])
    assert [m["text"] for m in history["messages"]] == ["x"]


async def test_only_posting_takes_a_channel_by_name(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="louvre", text="x")
    for call in (
        client.chat_update(channel="louvre", ts=posted["ts"], text="y"),
        client.conversations_history(channel="#louvre"),
    ):
        assert (await error_of(call))["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": "{not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "x" * 9000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "0"}, "invalid_thread_ts"),
        ({"text": "x", "thread_ts": "1700000000.000100"}, "thread_not_found"),
    ],
)
async def test_messages_that_slack_refuses(
    slack: SlackStandIn, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    answer = await error_of(
        client.api_call("chat.postMessage", json={"channel": "louvre"} | arguments)
    )
    assert answer["error"] == error
    assert slack.messages("louvre") == []


async def test_a_block_that_is_too_long_is_pointed_at(client: AsyncWebClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    answer = await error_of(client.chat_postMessage(channel="louvre", text="x", blocks=[long]))
    fault = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [fault]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {fault}"]


async def test_an_update_takes_less_text_than_a_post(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="louvre", text="x" * 4001)
    update = client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y" * 4001)
    assert (await error_of(update))["error"] == "msg_too_long"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "1e9"}, "invalid_ts_latest"),
        ({"limit": "many"}, "invalid_limit"),
        ({"limit": "1000"}, "invalid_limit"),
        ({"cursor": "???"}, "invalid_cursor"),
    ],
)
async def test_history_refuses_what_it_cannot_read(
    slack: SlackStandIn, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    channel = slack.workspace.channel("louvre", by_name=True).id
    assert (await error_of(client.conversations_history(channel=channel, **arguments)))[
        "error"
    ] == error


NOW = 1_700_000_000.0
FIRST_TS = "1700000000.000000"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
ARGUMENTS = st.fixed_dictionaries(
    {"channel": st.sampled_from(["C0LOUVRE00", "nowhere"]) | ANY_JSON},
    optional={
        **dict.fromkeys(("ts", "thread_ts"), st.just(FIRST_TS) | ANY_JSON),
        **dict.fromkeys(("text", "blocks", "attachments", "metadata", "cursor"), ANY_JSON),
        **dict.fromkeys(("oldest", "latest", "limit", "inclusive", "reply_broadcast"), ANY_JSON),
        **dict.fromkeys(("include_all_metadata",), st.booleans()),
    },
)


@pytest.mark.parametrize("name", METHODS)
@given(arguments=ARGUMENTS)
def test_any_arguments_are_answered_or_refused(name: str, arguments: dict[str, Any]) -> None:
    workspace = Workspace(["C0LOUVRE00"], clock=lambda: NOW)
    [channel] = workspace.channels.values()
    assert workspace.post(channel, {"text": "first"})["ts"] == FIRST_TS
    try:
        answer = METHODS[name].run(workspace, arguments)
    except SlackError as refusal:
        answer = {"error": refusal.error} | refusal.detail
    assert json.loads(json.dumps(answer)) == answer
