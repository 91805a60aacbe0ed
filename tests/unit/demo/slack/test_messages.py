"""Timestamps and pages, against what they mean."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demo.slack.messages import SlackError, Workspace, named_channel, page_of, parse_ts

STAMPS = st.sets(st.integers(1, 60), max_size=40)
EDGE = st.none() | st.integers(0, 61)


@given(STAMPS, EDGE, EDGE, st.booleans(), st.integers(1, 7), st.booleans())
@example({1}, 1, 0, True, 1, False)
def test_pages_hold_every_message_between_the_edges_once_and_in_order(
    stamps: set[int],
    oldest: int | None,
    latest: int | None,
    inclusive: bool,
    limit: int,
    newest_first: bool,
) -> None:
    messages = [{"ts": f"0.{stamp:06d}"} for stamp in stamps]
    expected = sorted(
        (
            s
            for s in stamps
            if (oldest is None or s > oldest or (inclusive and s == oldest))
            and (latest is None or s < latest or (inclusive and s == latest))
        ),
        reverse=newest_first,
    )
    found: list[int] = []
    cursor = None
    while True:
        page = page_of(
            messages,
            oldest=oldest,
            latest=latest,
            inclusive=inclusive,
            limit=limit,
            cursor=cursor,
            newest_first=newest_first,
        )
        found += [parse_ts(message["ts"]) for message in page.messages]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.messages) == limit
    assert found == expected


@given(st.lists(st.floats(1e9, 2e9), min_size=1, max_size=20))
def test_stamps_grow_in_a_channel_even_if_the_clock_does_not(times: list[float]) -> None:
    ticking = iter(times)
    workspace = Workspace(["a"], clock=lambda: next(ticking))
    [channel] = workspace.channels.values()
    stamps = [workspace.post(channel, {"text": "x"})["ts"] for _ in times]
    assert all(re.fullmatch(r"\d{10}\.\d{6}", stamp) for stamp in stamps)
    assert [parse_ts(s) for s in stamps] == sorted({parse_ts(s) for s in stamps})


def test_a_reply_to_a_reply_joins_the_thread() -> None:
    workspace = Workspace(["a"], clock=lambda: 1.7e9)
    [channel] = workspace.channels.values()
    root = workspace.post(channel, {"text": "root"})
    reply = workspace.post(channel, {"text": "reply"}, root["ts"])
    later = workspace.post(channel, {"text": "later"}, reply["ts"])
    assert later["thread_ts"] == root["ts"]
    assert root["latest_reply"] == later["ts"]


def test_a_channel_is_known_by_an_id_that_follows_from_its_name() -> None:
    assert named_channel("#louvre") == named_channel("louvre")
    assert re.fullmatch(r"C[A-Z0-9]{10}", named_channel("louvre").id)
    assert named_channel("C0123456789").id == "C0123456789"
    workspace = Workspace(["louvre"], clock=lambda: 0.0)
    with pytest.raises(SlackError, match="channel_not_found"):
        workspace.channel("louvre")
