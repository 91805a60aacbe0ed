"""Slack's blocks hold against anything that a post may say."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.slack.blocks import block_faults
from services.alerts.channels.blocks import blocks, cut_escaped, escape, fallback
from services.alerts.excerpt import excerpt, link, one_line
from services.alerts.messages import Message

NASTY = st.sampled_from(
    [
        "<!channel>",
        "<@U123>",
        "<https://evil.example|here>",
        "&lt;!here&gt;",
        "```",
        "*",
        "~",
        ">",
        "&",
    ]
)
TEXT = st.lists(NASTY | st.text(max_size=400), max_size=30).map("".join)


def make_message(text: str = "Two hours in the queue", **changes: Any) -> Message:
    values: dict[str, Any] = {
        "notification_id": "n-1", "museum_id": "m", "museum": one_line(text)[:200] or "Museo",
        "title": one_line(text) or "Museo: a post is going viral", "severity": "Urgent",
        "sentences": (text,), "numbers": (("Likes", "12"),), "excerpt": excerpt(text) or None,
        "author": one_line(text)[:80] or None, "platform": "Bluesky",
        "url": link("https://x.example/" + text), "posted": "Sunday",
    }  # fmt: skip
    return Message(**(values | changes))


def texts(laid: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in laid:
        found += [block[name] for name in ("text",) if name in block]
        found += block.get("fields", []) + block.get("elements", [])
    return found


@given(TEXT, st.booleans(), st.booleans())
def test_blocks_are_valid_and_only_our_own_link_is_one(text: str, gone: bool, reply: bool) -> None:
    message = make_message(
        text,
        gone="The author removed this post." if gone else None,
        thread=("n-0", {"channel": "C1", "ts": "1.0"}) if reply else None,
    )
    laid = blocks(message)
    assert block_faults(laid) == []
    assert fallback(message)
    for shown in texts(laid):
        if shown["type"] != "mrkdwn":
            assert shown["type"] == "plain_text"
            continue
        assert shown["verbatim"] is True
        own = f"<{escape(message.url)}|" if message.url else "\0"
        rest = shown["text"].replace(own, "", 1)
        assert "<" not in rest
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", rest, re.DOTALL)
    assert "<" not in fallback(message)
    if gone:
        assert "https://x.example" not in str(laid)


@given(TEXT, st.integers(10, 200))
def test_cutting_tears_no_escape(text: str, limit: int) -> None:
    shown = cut_escaped(text, limit)
    assert len(shown) <= limit
    assert re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);)*", shown, re.DOTALL)


def test_excerpt_is_quoted_line_by_line() -> None:
    laid = blocks(make_message(excerpt="one\ntwo\n\nthree"))
    assert any(shown["text"] == ">one\n>two\n>\n>three" for shown in texts(laid))


def test_struck_message_has_no_word_of_the_post() -> None:
    ours: dict[str, Any] = {"title": "Museo: a post", "museum": "Museo", "url": None}
    words = {"author": None, "excerpt": None, "gone": "The author removed this post."}
    laid = blocks(make_message("Zephyr", **(ours | words)))
    assert "Zephyr" not in str(laid)
    assert laid[0]["text"]["text"].startswith("~Museo: a post~\n")
