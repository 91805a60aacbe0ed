from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Post, Removal
from services.ingest.connectors.bluesky_acts import (
    Act,
    Undone,
    acts_of,
    hides_names,
    named_posts,
    read_act,
    undoes,
    undone_by,
)
from services.ingest.connectors.bluesky_wire import instant, read_frame
from tests.unit.services.ingest.frames import (
    ANA,
    BEN,
    START_US,
    account,
    commit,
    like,
    quote,
    reply,
    repost,
    undone,
    uri,
)

NOW = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)
MAKERS: dict[str, Callable[..., bytes]] = {
    "like": like,
    "repost": repost,
    "reply": reply,
    "quote": quote,
}
OF_ANA = f"bluesky:{uri('1')}"


def acts(frame: bytes) -> list[Act]:
    fact = read_frame(frame, NOW)
    assert isinstance(fact, Post)
    return list(acts_of(fact))


def test_likes_and_reposts_and_their_deletes() -> None:
    at = instant(START_US)
    assert read_act(like("l", uri("1"), did=BEN)) == Act(
        OF_ANA, "likes", BEN, "app.bsky.feed.like/l", at
    )
    assert read_act(repost("r", uri("1"), did=BEN)) == Act(
        OF_ANA, "reposts", BEN, "app.bsky.feed.repost/r", at
    )
    assert read_act(undone("like", "l", did=BEN)) == Undone(BEN, "app.bsky.feed.like/l")


def test_replies_and_quotes_are_posts() -> None:
    at = instant(START_US)
    record = "app.bsky.feed.post/2"
    assert acts(reply("2", uri("1"), did=BEN)) == [Act(OF_ANA, "replies", BEN, record, at)]
    assert acts(quote("2", uri("1"), did=BEN)) == [Act(OF_ANA, "quotes", BEN, record, at)]
    assert acts(commit("2", "just a post")) == []
    removal = read_frame(undone("post", "2", did=BEN), NOW)
    assert isinstance(removal, Removal)
    assert undone_by(removal) == Undone(BEN, record)


def test_an_answer_is_to_its_parent_not_to_the_thread() -> None:
    refs = {"root": {"uri": uri("1"), "cid": "c"}, "parent": {"uri": uri("2"), "cid": "c"}}
    (act,) = acts(commit("3", "yes", reply=refs))
    assert act.post_id == f"bluesky:{uri('2')}"


@pytest.mark.parametrize(
    "frame",
    [
        b"{",
        b"\xff",
        account("deleted"),
        commit("1", "a post"),
        commit("1", collection="app.bsky.graph.follow", subject="did:plc:ben"),
        commit("1", collection="app.bsky.feed.like"),
        commit("1", collection="app.bsky.feed.like", subject={"uri": 7}),
        like("1", uri("1"), operation="update"),
        like("1", uri("1")).replace(str(START_US).encode(), b"9" * 20),
    ],
)
def test_what_is_no_like_or_repost_or_cannot_be_read_is_no_act(frame: bytes) -> None:
    assert read_act(frame) is None


@given(
    kind=st.sampled_from(list(MAKERS)),
    text=st.text(max_size=20),
    spaced=st.booleans(),
    ascii_only=st.booleans(),
    slashes=st.booleans(),
)
def test_the_bytes_show_each_post_that_reading_finds(
    kind: str, text: str, spaced: bool, ascii_only: bool, slashes: bool
) -> None:
    said = json.loads(MAKERS[kind]("9", uri("1"), did=BEN, text=text))
    separators = (", ", ": ") if spaced else (",", ":")
    told = json.dumps(said, separators=separators, ensure_ascii=ascii_only)
    frame = (told.replace("/", "\\/") if slashes else told).encode()
    act = read_act(frame) if kind in ("like", "repost") else acts(frame)[0]
    assert isinstance(act, Act)
    assert act.post_id == OF_ANA
    assert hides_names(frame) or OF_ANA in named_posts(frame)


def test_whose_record_a_delete_takes_is_told_by_bytes() -> None:
    assert undoes(undone("like", "l", did=BEN)) == BEN
    assert undoes(like("l", uri("1"), did=BEN)) is None
    assert undoes(b'"delete"') is None
    spaced = json.dumps(json.loads(undone("repost", "r", did=ANA))).encode()
    assert undoes(spaced) == ANA


@pytest.fixture
def real_frames() -> list[bytes]:
    file = Path(os.environ.get("PASSAPAROLA_DATA", "."), "wire/bluesky-jetstream-v1.jsonl")
    if not file.exists():
        pytest.skip(
            "no real frames: PASSAPAROLA_DATA does not lead to wire/bluesky-jetstream-v1.jsonl"
        )
    return file.read_bytes().splitlines()


def test_real_likes_and_reposts_are_read_as_a_plain_reader_would(real_frames: list[bytes]) -> None:
    seen: Counter[str] = Counter()
    for frame in real_frames:
        said = json.loads(frame)
        told = said.get("commit", {})
        collection, operation = told.get("collection", ""), told.get("operation")
        act = read_act(frame)
        if operation == "delete":
            assert undoes(frame) == said["did"]
        if collection not in ("app.bsky.feed.like", "app.bsky.feed.repost"):
            assert act is None
            continue
        seen[operation] += 1
        if operation == "delete":
            assert act == Undone(said["did"], f"{collection}/{told['rkey']}")
            continue
        assert isinstance(act, Act)
        assert act.post_id == f"bluesky:{told['record']['subject']['uri']}"
        assert act.record == f"{collection}/{told['rkey']}"
        assert act.at == instant(said["time_us"])
        # ``via`` names a repost, never a post: what the bytes show is the subject alone.
        assert list(named_posts(frame)) == [act.post_id]
    assert seen["create"] > 100


def test_real_replies_and_quotes_name_their_posts(real_frames: list[bytes]) -> None:
    answers = 0
    for frame in real_frames:
        fact = read_frame(frame, NOW)
        if not isinstance(fact, Post):
            continue
        record = json.loads(frame)["commit"]["record"]
        if "reply" in record:
            answers += 1
            (act,) = (a for a in acts_of(fact) if a.counter == "replies")
            assert act.post_id == f"bluesky:{record['reply']['parent']['uri']}"
        assert {act.post_id for act in acts_of(fact)} <= set(named_posts(frame))
    assert answers
