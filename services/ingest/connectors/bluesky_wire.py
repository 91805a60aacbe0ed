"""Bluesky's Jetstream, v1 wire: from a frame's bytes to what was observed, without any connection.

Frames that cannot concern us are told by their bytes alone; that test lets too much through and
never too little.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from pydantic import ValidationError

from schemas import (
    Author,
    Ingest,
    Media,
    Mention,
    Post,
    Removal,
    RemovalReason,
    Transport,
    explain,
    post_id,
)
from services.ingest.observations import AccountRemoval, Fact, Unreadable

PLATFORM = "bluesky"
COLLECTION = "app.bsky.feed.post"

# A collection ends in a quote; a like's subject goes on with a slash.
_POST = b'app.bsky.feed.post"'
_TAGGED = (b"facet#tag", b'"tags"')
_ALWAYS = (b'"delete"', b'"update"')
_ACCOUNT = b'"account"'
_TIME_US = re.compile(rb'"time_us"\s*:\s*([0-9]{1,16})')
_GONE = {
    "deleted": RemovalReason.ACCOUNT_DELETED,
    "deactivated": RemovalReason.ACCOUNT_DEACTIVATED,
    "suspended": RemovalReason.ACCOUNT_SUSPENDED,
    "takendown": RemovalReason.ACCOUNT_SUSPENDED,
}
_MAX_HANDLE_BYTES = 1 + 253
"""An ``@`` and a domain's name."""
_TID = re.compile("[234567a-z]{13}")
_DIGITS = {char: number for number, char in enumerate("234567abcdefghijklmnopqrstuvwxyz")}


class _Commit(msgspec.Struct):
    rev: str
    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw()
    cid: str | None = None


class _Account(msgspec.Struct):
    active: bool
    status: str | None = None


class _Frame(msgspec.Struct):
    did: str
    time_us: int
    kind: str
    commit: _Commit | None = None
    account: _Account | None = None


class _Index(msgspec.Struct, rename="camel"):
    byte_start: int = 0
    byte_end: int = 0


class _Facet(msgspec.Struct):
    index: _Index = msgspec.field(default_factory=_Index)
    features: list[dict[str, Any]] = []


class _Ref(msgspec.Struct):
    uri: str


class _Reply(msgspec.Struct):
    root: _Ref
    parent: _Ref


class _Record(msgspec.Struct, rename="camel"):
    text: str = ""
    created_at: str = ""
    facets: list[_Facet] | None = None
    tags: list[str] | None = None
    langs: list[str] | None = None
    reply: _Reply | None = None
    embed: dict[str, Any] | None = None
    labels: dict[str, Any] | None = None


_frame = msgspec.json.Decoder(_Frame)
_record = msgspec.json.Decoder(_Record)


def concerns_us(frame: bytes, tags_suffice: bool) -> bool:
    """Tell by the bytes whether a frame may concern us.

    Deletes, updates and account frames always pass: they may concern a tracked post. With
    ``tags_suffice`` (no museum has words or handles) a new post without any hashtag does not.
    """
    if _POST not in frame:
        return _ACCOUNT in frame
    if not tags_suffice:
        return True
    return any(needle in frame for needle in (*_TAGGED, *_ALWAYS))


def time_us_of(frame: bytes) -> int | None:
    """Return a frame's time in microseconds of Unix time without decoding it."""
    found = _TIME_US.search(frame)
    return None if found is None else int(found[1])


def instant(time_us: int) -> datetime:
    """Return the instant of a frame's time. Raises ``OverflowError`` beyond the year 9999."""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).replace(
        microsecond=time_us % 1_000_000
    )


def tid_us(rev: str) -> int:
    """Return the microseconds in a TID: versions of an account's records that only grow."""
    if not _TID.fullmatch(rev):
        raise ValueError("rev is not a TID")
    value = 0
    for char in rev:
        value = value << 5 | _DIGITS[char]
    return value >> 10


def read_frame(frame: bytes, now: datetime) -> Fact | None:
    """Return what a frame says, ``None`` where it says nothing to us."""
    author_id = None
    try:
        told = _frame.decode(frame)
        author_id = told.did
        match told:
            case _Frame(kind="account", account=_Account(active=False, status=status)):
                if status not in _GONE:
                    return None
                return AccountRemoval(PLATFORM, told.did, _GONE[status], instant(told.time_us), now)
            case _Frame(kind="commit", commit=_Commit(collection="app.bsky.feed.post") as commit):
                return _read_commit(told, commit, now)
            case _:
                return None
    except ValidationError as error:
        return Unreadable("not_a_post", explain(error), author_id)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as error:
        # These messages name places and never contents.
        what = f"{type(error).__name__}: {str(error)[:200]}"
        return Unreadable("unreadable", what, author_id)


def _read_commit(told: _Frame, commit: _Commit, now: datetime) -> Fact | None:
    uri = f"at://{told.did}/{COLLECTION}/{commit.rkey}"
    version = tid_us(commit.rev)
    if commit.operation == "delete":
        return Removal(
            post_id=post_id(PLATFORM, uri),
            reason=RemovalReason.AUTHOR_DELETE,
            effective_at=instant(told.time_us),
            observed_at=now,
            version=version,
        )
    record = _record.decode(commit.record)
    indexed_at = instant(told.time_us)
    text = record.text.encode()
    features = [
        (feature, facet.index) for facet in record.facets or () for feature in facet.features
    ]
    quote_of = _post_id(_quoted(record.embed))
    warning = _self_label(record.labels)
    return Post(
        post_id=post_id(PLATFORM, uri),
        platform=PLATFORM,
        native_ref={"uri": uri} | ({"cid": commit.cid} if commit.cid else {}),
        version=version,
        kind="reply" if record.reply else "quote" if quote_of else "post",
        url=f"https://bsky.app/profile/{told.did}/post/{commit.rkey}",
        author=Author(native_id=told.did, url=f"https://bsky.app/profile/{told.did}"),
        text=record.text,
        lang=record.langs[0] if record.langs else None,
        hashtags=tuple(_named(features, "tag")) + tuple(record.tags or ()),
        mentions=tuple(
            Mention(native_id=feature["did"], handle=_handle(text, index))
            for feature, index in features
            if isinstance(feature.get("did"), str)
        ),
        links=tuple(dict.fromkeys((*_named(features, "uri"), *_external(record.embed)))),
        media=tuple(_media(record.embed)),
        reply_to=_post_id(record.reply.parent.uri if record.reply else None),
        thread_root=_post_id(record.reply.root.uri if record.reply else None),
        quote_of=quote_of,
        created_at=_created_at(record.created_at, indexed_at),
        indexed_at=indexed_at,
        edited_at=indexed_at if commit.operation == "update" else None,
        observed_at=now,
        sensitive=True if warning else None,
        content_warning=warning,
        ingest=Ingest(connector=PLATFORM, transport=Transport.STREAM, received_at=now),
    )


def _created_at(text: str, otherwise: datetime) -> datetime:
    # It is the author's claim: where it makes no sense or lies ahead, the network's time stands.
    try:
        claimed = datetime.fromisoformat(text)
        return min(claimed.astimezone(UTC), otherwise) if claimed.tzinfo else otherwise
    except (ValueError, OverflowError):
        return otherwise


def _named(features: list[tuple[dict[str, Any], _Index]], field: str) -> list[str]:
    return [value for feature, _ in features if isinstance(value := feature.get(field), str)]


def _handle(text: bytes, index: _Index) -> str | None:
    """Return what a mention's place shows; more than a handle can be is none.

    Thousands of mentions may each claim the whole text as their place.
    """
    start, end = max(0, index.byte_start), max(0, index.byte_end)
    if end - start > _MAX_HANDLE_BYTES:
        return None
    return text[start:end].decode("utf-8", "ignore").lstrip("@") or None


def _post_id(uri: str | None) -> str | None:
    if not uri or f"/{COLLECTION}/" not in uri or len(uri) > 500:
        return None
    return post_id(PLATFORM, uri)


def _parts(embed: dict[str, Any] | None) -> list[dict[str, Any]]:
    # A quote with pictures wraps both: {"record": {"record": ...}, "media": {...}}.
    if embed is None:
        return []
    inner = (embed.get("media"), embed.get("record"))
    return [embed, *(part for part in inner if isinstance(part, dict))]


def _quoted(embed: dict[str, Any] | None) -> str | None:
    for part in _parts(embed):
        record = part.get("record")
        if isinstance(record, dict) and isinstance(uri := record.get("uri"), str):
            return uri
    return None


def _external(embed: dict[str, Any] | None) -> list[str]:
    externals = [part.get("external") for part in _parts(embed)]
    return [
        uri
        for external in externals
        if isinstance(external, dict) and isinstance(uri := external.get("uri"), str)
    ]


def _media(embed: dict[str, Any] | None) -> list[Media]:
    found = []
    for part in _parts(embed):
        images = part.get("images")
        for image in images if isinstance(images, list) else ():
            found.append(_described("image", image))
        if "video" in part:
            found.append(_described("video", part))
    return found


def _described(kind: str, item: Any) -> Media:
    item = item if isinstance(item, dict) else {}
    ratio = item.get("aspectRatio")
    sides = [ratio.get(side) if isinstance(ratio, dict) else None for side in ("width", "height")]
    width, height = (side if isinstance(side, int) else None for side in sides)
    alt = item.get("alt")
    return Media(
        type=kind, alt=alt if isinstance(alt, str) and alt else None, width=width, height=height
    )


def _self_label(labels: dict[str, Any] | None) -> str | None:
    values = labels.get("values") if labels else None
    names = [
        name
        for value in (values if isinstance(values, list) else ())
        if isinstance(value, dict) and isinstance(name := value.get("val"), str)
    ]
    return ", ".join(names) or None
