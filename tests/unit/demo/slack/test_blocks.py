"""Block Kit's limits: at each limit all is well, one over it is a fault that is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.slack.blocks import block_faults

Block = dict[str, Any]


def mrkdwn(length: int) -> Block:
    return {"type": "mrkdwn", "text": "x" * length}


def plain(length: int) -> Block:
    return {"type": "plain_text", "text": "x" * length}


def button(text: int = 1, url: int = 10) -> Block:
    return {"type": "button", "text": plain(text), "url": "x" * url}


@pytest.mark.parametrize(
    ("block", "limit"),
    [
        (lambda n: {"type": "section", "text": mrkdwn(n)}, 3000),
        (lambda n: {"type": "section", "fields": [mrkdwn(n)]}, 2000),
        (lambda n: {"type": "section", "fields": [mrkdwn(1)] * n}, 10),
        (lambda n: {"type": "section", "text": mrkdwn(1), "accessory": button(n)}, 75),
        (lambda n: {"type": "header", "text": plain(n)}, 150),
        (lambda n: {"type": "context", "elements": [mrkdwn(1)] * n}, 10),
        (lambda n: {"type": "actions", "elements": [button()] * n}, 25),
        (lambda n: {"type": "actions", "elements": [button(text=n)]}, 75),
        (lambda n: {"type": "actions", "elements": [button(url=n)]}, 3000),
        (lambda n: {"type": "image", "image_url": "x" * n, "alt_text": "x"}, 3000),
        (lambda n: {"type": "image", "image_url": "x", "alt_text": "x" * n}, 2000),
        (lambda n: {"type": "markdown", "text": "x" * n}, 12_000),
        (lambda n: {"type": "divider", "block_id": "x" * n}, 255),
    ],
)
def test_limits(block: Callable[[int], Block], limit: int) -> None:
    assert block_faults([block(limit)]) == []
    assert block_faults([block(1)]) == []
    assert len(block_faults([block(limit + 1)])) == 1
    assert len(block_faults([block(0)])) == 1


def test_fifty_blocks() -> None:
    assert block_faults([{"type": "divider"}] * 50) == []
    assert block_faults([{"type": "divider"}] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("text", "must be an object [json-pointer:/blocks/0]"),
        ({"type": "blink"}, "unsupported type: blink [json-pointer:/blocks/0/type]"),
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
        ),
        ({"type": "header", "text": "x"}, "must be a text object [json-pointer:/blocks/0/text]"),
    ],
)
def test_wrong_shapes(block: Any, fault: str) -> None:
    assert block_faults([block]) == [fault]


def test_a_block_id_is_given_once() -> None:
    one, two = {"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "b"}
    assert block_faults([one, two]) == []
    assert block_faults([one, two, one]) == [
        "block_id already exists [json-pointer:/blocks/2/block_id]"
    ]


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "fields", "elements", "accessory", "block_id", "url"]),
            inner | st.sampled_from(["section", "context", "actions", "button", "image", "mrkdwn"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(SHAPES, max_size=4))
def test_anything_gets_a_verdict(blocks: list[Any]) -> None:
    assert all("[json-pointer:/blocks" in fault for fault in block_faults(blocks))
