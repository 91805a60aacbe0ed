from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Post, Removal, RemovalReason, encode
from services.ingest.connectors.bluesky_wire import (
    concerns_us,
    instant,
    read_frame,
    tid_us,
    time_us_of,
)
from services.ingest.observations import AccountRemoval, Unreadable
from tests.unit.services.ingest.frames import (
    ANA,
    BEN,
    START_US,
    account,
    commit,
    facet,
    tid,
    uri,
)

NOW = datetime(2026, 6, 1, 12, 0, 5, tzinfo=UTC)


def post_of(frame: bytes) -> Post:
    fact = read_frame(frame, NOW)
    assert isinstance(fact, Post), fact
    return fact


def test_a_tid_holds_microseconds() -> None:
    assert tid_us("3mmoojp7vgo2g") == 1_779_719_008_873_876


@given(st.integers(0, 2**53 - 1))
def test_versions_grow_with_time(time_us: int) -> None:
    assert tid_us(tid(time_us)) == time_us


def test_a_post_is_read_whole() -> None:
    text = "Matinée au musée #Louvre avec @louvre.example voir ici"
    post = post_of(
        commit(
            "3k",
            text,
            langs=["fr", "en"],
            tags=["MuséeDuLouvre"],
            facets=[
                facet(text, "#Louvre", {"tag": "Louvre"}),
                facet(text, "@louvre.example", {"did": "did:plc:louvre"}),
                facet(text, "ici", {"uri": "https://louvre.example/"}),
            ],
            embed={
                "$type": "app.bsky.embed.recordWithMedia",
                "record": {"record": {"uri": uri("3q", BEN), "cid": "c"}},
                "media": {
                    "$type": "app.bsky.embed.images",
                    "images": [{"alt": "La Joconde", "aspectRatio": {"width": 4, "height": 3}}],
                },
            },
            labels={"values": [{"val": "graphic-media"}]},
        )
    )
    assert post.post_id == f"bluesky:{uri('3k')}"
    assert post.native_ref == {"uri": uri("3k"), "cid": "bafyreib"}
    assert post.version == START_US
    assert post.kind == "quote"
    assert post.url == f"https://bsky.app/profile/{ANA}/post/3k"
    assert post.author is not None
    assert post.author.native_id == ANA
    assert post.author.followers is None
    assert set(post.hashtags) == {"Louvre", "MuséeDuLouvre"}
    (mention,) = post.mentions
    assert (mention.native_id, mention.handle) == ("did:plc:louvre", "louvre.example")
    assert post.links == ("https://louvre.example/",)
    (media,) = post.media
    assert (media.type, media.alt, media.width, media.height) == ("image", "La Joconde", 4, 3)
    assert post.quote_of == f"bluesky:{uri('3q', BEN)}"
    assert post.lang == "fr"
    assert post.indexed_at == instant(START_US)
    assert post.content_warning == "graphic-media"
    assert post.observed_at == NOW


def test_mentions_that_claim_the_whole_text_hold_no_copies_of_it() -> None:
    text = "long " * 10_000
    whole = {"index": {"byteStart": 0, "byteEnd": len(text)}}
    post = post_of(commit("1", text, facets=[whole | {"features": [{"did": "did:plc:x"}] * 9}]))
    assert [(each.native_id, each.handle) for each in post.mentions] == [("did:plc:x", None)] * 9


def test_a_reply_belongs_to_its_thread() -> None:
    reply = {"root": {"uri": uri("1"), "cid": "c"}, "parent": {"uri": uri("2"), "cid": "c"}}
    post = post_of(commit("3", "yes", reply=reply))
    assert post.kind == "reply"
    assert post.story_id == f"bluesky:{uri('1')}"
    assert post.reply_to == f"bluesky:{uri('2')}"


@pytest.mark.parametrize(
    "claim",
    ["yesterday", "", "2026-06-01T12:00:00", "0000-00-00T00:00:00Z", "2126-01-01T00:00:00Z"],
)
def test_where_the_authors_time_makes_no_sense_the_networks_stands(claim: str) -> None:
    assert post_of(commit("1", "x", createdAt=claim)).created_at == instant(START_US)


def test_an_update_is_an_edit() -> None:
    assert post_of(commit("1", "x", operation="update")).edited_at == instant(START_US)


def test_a_delete_kills_up_to_its_revision() -> None:
    fact = read_frame(commit("1", operation="delete", at=2), NOW)
    assert isinstance(fact, Removal)
    assert fact.post_id == f"bluesky:{uri('1')}"
    assert fact.version == START_US + 2_000_000
    assert fact.reason is RemovalReason.AUTHOR_DELETE


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("deleted", RemovalReason.ACCOUNT_DELETED),
        ("deactivated", RemovalReason.ACCOUNT_DEACTIVATED),
        ("suspended", RemovalReason.ACCOUNT_SUSPENDED),
        ("takendown", RemovalReason.ACCOUNT_SUSPENDED),
    ],
)
def test_an_account_that_is_gone(status: str, reason: RemovalReason) -> None:
    fact = read_frame(account(status), NOW)
    assert fact == AccountRemoval("bluesky", ANA, reason, instant(START_US), NOW)


@pytest.mark.parametrize("status", [None, "desynchronized", "throttled", "new in 2027"])
def test_an_account_that_is_still_there(status: str | None) -> None:
    assert read_frame(account(status), NOW) is None


@pytest.mark.parametrize(
    "frame",
    [
        b"{",
        b'{"did":1}',
        commit("1", "x").replace(b"2222222", b"........"),
        b"\xff" + commit("1", "x"),
        commit("1", "x").replace(b'"text":"x"', b'"text":7'),
        commit("1", "x" * 70_000),
    ],
)
def test_what_cannot_be_read_says_so_and_nothing_of_it(frame: bytes) -> None:
    if frame == commit("1", "x").replace(b"2222222", b"........"):
        frame = commit("1", "x").replace(tid(START_US).encode(), b"not-a-tid....")
    fact = read_frame(frame, NOW)
    assert isinstance(fact, Unreadable)
    assert "xx" not in fact.message


def test_the_filter_lets_only_posts_and_accounts_through() -> None:
    subject = {"uri": uri("1"), "cid": "c"}
    like = commit("9", collection="app.bsky.feed.like", subject=subject)
    assert not concerns_us(like, tags_suffice=False)
    assert concerns_us(account("deleted"), tags_suffice=True)
    assert concerns_us(commit("1", "plain"), tags_suffice=False)


def test_where_tags_suffice_a_new_post_without_any_is_passed_over() -> None:
    assert not concerns_us(commit("1", "plain"), tags_suffice=True)
    assert concerns_us(commit("1", "#tag"), tags_suffice=True)
    assert concerns_us(commit("1", "plain", tags=["tag"]), tags_suffice=True)
    # These may take a post away that is tracked.
    assert concerns_us(commit("1", operation="delete"), tags_suffice=True)
    assert concerns_us(commit("1", "plain", operation="update"), tags_suffice=True)


@given(
    text=st.text(max_size=40),
    tags=st.lists(st.text(min_size=1, max_size=5), max_size=2),
    operation=st.sampled_from(["create", "update", "delete"]),
    spaced=st.booleans(),
    ascii_only=st.booleans(),
)
def test_the_filter_never_loses_what_reading_would_find(
    text: str, tags: list[str], operation: str, spaced: bool, ascii_only: bool
) -> None:
    said = json.loads(commit("1", text, operation=operation, tags=tags))
    separators = (", ", ": ") if spaced else (",", ":")
    frame = json.dumps(said, separators=separators, ensure_ascii=ascii_only).encode()
    fact = read_frame(frame, NOW)
    assert fact is not None
    assert concerns_us(frame, tags_suffice=False)
    if not isinstance(fact, Post) or fact.hashtags or operation == "update":
        assert concerns_us(frame, tags_suffice=True)
    assert time_us_of(frame) == START_US


@pytest.fixture
def real_frames() -> list[bytes]:
    folder = os.environ.get("PASSAPAROLA_DATA")
    file = Path(folder or "", "wire/bluesky-jetstream-v1.jsonl")
    if folder is None or not file.exists():
        pytest.skip(
            "no real frames: PASSAPAROLA_DATA does not lead to wire/bluesky-jetstream-v1.jsonl"
        )
    return file.read_bytes().splitlines()


def test_real_frames_are_read_as_a_plain_reader_would(real_frames: list[bytes]) -> None:
    seen: Counter[str] = Counter()
    for frame in real_frames:
        said: dict[str, Any] = json.loads(frame)
        fact = read_frame(frame, NOW)
        of_posts = said.get("commit", {}).get("collection") == "app.bsky.feed.post"
        assert time_us_of(frame) == said["time_us"]
        assert concerns_us(frame, tags_suffice=False) == (of_posts or said["kind"] == "account")
        if not of_posts:
            assert fact is None or isinstance(fact, AccountRemoval)
            continue
        seen[said["commit"]["operation"]] += 1
        if said["commit"]["operation"] == "delete":
            assert isinstance(fact, Removal)
            continue
        assert isinstance(fact, Post)
        record = said["commit"]["record"]
        assert fact.text == record["text"]
        tags = [
            feature["tag"]
            for found in record.get("facets", ())
            for feature in found["features"]
            if "tag" in feature
        ]
        assert list(fact.hashtags) == tags + record.get("tags", [])
        assert concerns_us(frame, tags_suffice=True) or not fact.hashtags
        encode(fact)
    assert seen == {"create": 17, "delete": 1}
