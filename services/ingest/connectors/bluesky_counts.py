"""Counters of Bluesky's posts, from the public AppView; nothing else is asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import httpx2
import msgspec

from schemas import Counters, TrackedPost, post_id
from services.common.errors import Poison, Retryable

from .bluesky_wire import PLATFORM

_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_URI_TOO_LONG)
"""Answers that are about the posts which were asked for."""


class _Shown(msgspec.Struct, rename="camel"):
    uri: str
    like_count: int | None = None
    repost_count: int | None = None
    quote_count: int | None = None
    reply_count: int | None = None
    bookmark_count: int | None = None


class _Reply(msgspec.Struct):
    posts: list[_Shown]


_reply = msgspec.json.Decoder(_Reply)


class BlueskyCounts:
    """``app.bsky.feed.getPosts``: at most 25 posts a call; what is missing is deleted or hidden."""

    platform = PLATFORM
    most = 25

    def __init__(self, client: httpx2.AsyncClient, appview: str) -> None:
        self._client = client
        self._url = f"{appview}/xrpc/app.bsky.feed.getPosts"

    async def ask(self, posts: Sequence[TrackedPost]) -> Mapping[str, Counters]:
        """Return counters by post id. Raises ``Retryable`` where the AppView does not answer.

        Raises ``Poison`` where it can never answer for these posts together.
        """
        uris = [post.native_ref.get("uri", post.post_id.partition(":")[2]) for post in posts]
        try:
            answer = await self._client.get(self._url, params=[("uris", uri) for uri in uris])
        except httpx2.TransportError as error:
            raise Retryable(f"the AppView cannot be reached: {type(error).__name__}") from error
        if answer.status_code in _REFUSED:
            raise Poison("refused", f"the AppView answered {answer.status_code}")
        if answer.status_code != 200:
            wait = retry_after(answer.headers)
            raise Retryable(f"the AppView answered {answer.status_code}", retry_after=wait)
        try:
            shown = _reply.decode(answer.content).posts
        except msgspec.DecodeError as error:
            raise Retryable("the AppView's answer cannot be read") from error
        return {post_id(PLATFORM, post.uri): _counters(post) for post in shown}


def _counters(shown: _Shown) -> Counters:
    return Counters(
        likes=_count(shown.like_count),
        reposts=_count(shown.repost_count),
        quotes=_count(shown.quote_count),
        replies=_count(shown.reply_count),
        bookmarks=_count(shown.bookmark_count),
    )


def _count(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds an answer's headers ask to wait, at most an hour."""
    text = headers.get("retry-after", "")
    return min(float(text), 3600.0) if text.isdigit() else None
