"""The methods of Slack's Web API that Passaparola uses, one function each; it knows no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from demo.slack.arguments import Arguments, flag, read_content, read_page
from demo.slack.messages import (
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Page,
    SlackError,
    Workspace,
)

MAX_POSTED_TEXT = 40_000
"""Slack cuts a longer text and warns; here it is an error, so that it cannot go unseen."""
MAX_UPDATED_TEXT = 4_000
"""``chat.update`` refuses what ``chat.postMessage`` still takes."""
Answer = dict[str, Any]


@dataclass(frozen=True)
class Method:
    """What does the call, and the scope that the token needs for it."""

    run: Callable[[Workspace, Arguments], Answer]
    scope: str | None = None


def auth_test(_workspace: Workspace, _arguments: Arguments) -> Answer:
    """Who the token belongs to."""
    return {
        "url": "https://stand-in.slack.com/",
        "team": "Stand-in",
        "team_id": TEAM_ID,
        "user": BOT_NAME.lower(),
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def post_message(workspace: Workspace, arguments: Arguments) -> Answer:
    """``chat.postMessage``: the one method that takes a channel's name, too."""
    channel = workspace.channel(arguments.get("channel"), by_name=True)
    check_open(channel)
    content = read_content(arguments, MAX_POSTED_TEXT)
    if flag(arguments.get("reply_broadcast")) and arguments.get("thread_ts"):
        content["subtype"] = "thread_broadcast"
    message = workspace.post(channel, content, arguments.get("thread_ts") or None)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def update(workspace: Workspace, arguments: Arguments) -> Answer:
    """``chat.update``: what is left out stays, but a text without blocks takes the blocks away."""
    channel = workspace.channel(arguments.get("channel"))
    workspace.find(channel, arguments.get("ts"))
    if channel.archived:
        raise SlackError("is_inactive")
    content: dict[str, Any] = read_content(arguments, MAX_UPDATED_TEXT)
    if arguments.get("text"):
        content = {"blocks": None} | content
    else:
        content.pop("text", None)
    if "blocks" in arguments and not content.get("blocks"):
        content["blocks"] = None
    if "metadata" in arguments and "metadata" not in content:
        content["metadata"] = None
    message = workspace.change(channel, arguments.get("ts"), content)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


def delete(workspace: Workspace, arguments: Arguments) -> Answer:
    """``chat.delete``."""
    channel = workspace.channel(arguments.get("channel"))
    workspace.delete(channel, arguments.get("ts"))
    return {"channel": channel.id, "ts": arguments["ts"]}


def history(workspace: Workspace, arguments: Arguments) -> Answer:
    """``conversations.history``: newest first, replies only if they were broadcast."""
    channel = readable_channel(workspace, arguments)
    shown = (
        message
        for message in channel.messages.values()
        if message.get("thread_ts", message["ts"]) == message["ts"]
        or message.get("subtype") == "thread_broadcast"
    )
    answer = page_answer(read_page(shown, arguments, newest_first=True))
    return answer | {
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


def replies(workspace: Workspace, arguments: Arguments) -> Answer:
    """``conversations.replies``: a thread from its parent on, oldest first."""
    channel = readable_channel(workspace, arguments)
    message = channel.messages.get(str(arguments.get("ts")))
    if message is None:
        raise SlackError("thread_not_found")
    root = message.get("thread_ts", message["ts"])
    thread = (
        reply
        for reply in channel.messages.values()
        if root in (reply["ts"], reply.get("thread_ts"))
    )
    return page_answer(read_page(thread, arguments, newest_first=False))


METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test),
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "conversations.history": Method(history, "channels:history"),
    "conversations.replies": Method(replies, "channels:history"),
}


def check_open(channel: Channel) -> None:
    """Refuse a channel that nothing can be posted to."""
    if channel.archived:
        raise SlackError("is_archived")
    if not channel.member:
        raise SlackError("not_in_channel")


def readable_channel(workspace: Workspace, arguments: Arguments) -> Channel:
    """The channel that is to be read, if the app is a member of it."""
    channel = workspace.channel(arguments.get("channel"))
    if not channel.member:
        raise SlackError("not_in_channel")
    return channel


def page_answer(page: Page) -> Answer:
    """A page as Slack answers it, with the cursor of the next if there is more."""
    answer: Answer = {
        "messages": page.messages,
        "has_more": page.next_cursor is not None,
    }
    if page.next_cursor is not None:
        answer["response_metadata"] = {"next_cursor": page.next_cursor}
    return answer
