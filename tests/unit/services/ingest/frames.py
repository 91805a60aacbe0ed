"""Frames of Jetstream's v1 wire, written by us."""

from __future__ import annotations

import json
from typing import Any

START_US = 1_780_315_200_000_000
"""2026-06-01T12:00:00Z."""
ANA, BEN = "did:plc:ana", "did:plc:ben"
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def tid(time_us: int) -> str:
    """The TID of an instant, as a repository's revision."""
    value = time_us << 10
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(60, -1, -5))


def facet(text: str, part: str, feature: dict[str, str]) -> dict[str, Any]:
    """A facet over a part of a text, counted in bytes of UTF-8."""
    start = len(text[: text.index(part)].encode())
    end = start + len(part.encode())
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def tag(text: str, name: str) -> dict[str, Any]:
    """The facet of a hashtag in a text."""
    return facet(text, f"#{name}", {"$type": "app.bsky.richtext.facet#tag", "tag": name})


def commit(
    rkey: str,
    text: str = "",
    *,
    did: str = ANA,
    at: float = 0,
    operation: str = "create",
    collection: str = "app.bsky.feed.post",
    **record: Any,
) -> bytes:
    """A commit ``at`` seconds after the start; hashtags in the text get their facets."""
    time_us = START_US + round(at * 1_000_000)
    said: dict[str, Any] = {
        "rev": tid(time_us),
        "operation": operation,
        "collection": collection,
        "rkey": rkey,
    }
    if operation != "delete":
        names = [word[1:] for word in text.split() if word.startswith("#")]
        facets = {"facets": [tag(text, name) for name in names]} if names else {}
        said["record"] = {
            "$type": collection,
            "createdAt": "2026-06-01T12:00:00.000Z",
            "text": text,
            **facets,
            **record,
        }
        said["cid"] = "bafyreib"
    return _frame({"did": did, "time_us": time_us, "kind": "commit", "commit": said})


def like(rkey: str, of: str, **options: Any) -> bytes:
    """A like of the post under an at-uri; see ``commit``."""
    return _act("like", rkey, of, **options)


def repost(rkey: str, of: str, **options: Any) -> bytes:
    """A repost of the post under an at-uri; see ``commit``."""
    return _act("repost", rkey, of, **options)


def undone(kind: str, rkey: str, **options: Any) -> bytes:
    """The delete of a ``like``, ``repost`` or ``post``; see ``commit``."""
    return commit(rkey, operation="delete", collection=f"app.bsky.feed.{kind}", **options)


def reply(rkey: str, to: str, text: str = "", **options: Any) -> bytes:
    """A reply to the post under an at-uri; see ``commit``."""
    ref = {"uri": to, "cid": "bafyreib"}
    return commit(rkey, text, reply={"root": ref, "parent": ref}, **options)


def quote(rkey: str, of: str, text: str = "", **options: Any) -> bytes:
    """A quote of the post under an at-uri; see ``commit``."""
    embed = {"$type": "app.bsky.embed.record", "record": {"uri": of, "cid": "bafyreib"}}
    return commit(rkey, text, embed=embed, **options)


def account(status: str | None, *, did: str = ANA, at: float = 0) -> bytes:
    """An account frame; no status means active."""
    time_us = START_US + round(at * 1_000_000)
    said: dict[str, Any] = {"active": status is None, "did": did, "seq": 1}
    if status is not None:
        said["status"] = status
    return _frame({"did": did, "time_us": time_us, "kind": "account", "account": said})


def uri(rkey: str, did: str = ANA) -> str:
    """A post's at-uri."""
    return f"at://{did}/app.bsky.feed.post/{rkey}"


def _act(kind: str, rkey: str, of: str, **options: Any) -> bytes:
    subject = {"uri": of, "cid": "bafyreib"}
    return commit(rkey, collection=f"app.bsky.feed.{kind}", subject=subject, **options)


def _frame(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
