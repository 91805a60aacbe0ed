"""What a museum remembers of a post to find its copies: a fingerprint, who and when; no text."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from schemas import Author, Model, Utc

from .fingerprint import SCHEME, fingerprint

REMEMBERED: Final = timedelta(days=7)
"""How long a post is remembered to find copies of it."""
ESTABLISHED_FOLLOWERS: Final = 25
"""An account that has fewer followers is taken for young; one that says nothing, for unknown."""

_TRACKS = re.compile(r"utm_|fbclid$|gclid$|igsh|si$|ref$", re.IGNORECASE)


class Copy(Model):
    """One post as a possible copy. ``thread``: the post that its thread began with, or itself.

    ``author``: a name that is the same on two platforms where the handle is; ``established``:
    neither young nor unknown. ``scheme`` and ``imprint``: the fingerprint, in base64; ``shared``:
    digests of the links that this author shared.
    """

    layout: int = 1
    post_id: str
    thread: str
    platform: str
    at: Utc
    author: str
    established: bool
    scheme: str = SCHEME
    imprint: str | None = None
    shared: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> bytes | None:
        """The fingerprint, if the text had one and today's library made it."""
        if self.imprint is None or self.scheme != SCHEME:
            return None
        return b64decode(self.imprint)


def copy_of(
    *,
    post_id: str,
    thread: str,
    platform: str,
    at: datetime,
    text: str,
    links: Iterable[str],
    author: Author | None,
) -> Copy:
    """Return what is remembered of a post."""
    found = fingerprint(text)
    name = _name(author, platform, post_id)
    return Copy(
        post_id=post_id,
        thread=thread,
        platform=platform,
        at=at,
        author=name,
        established=is_established(author),
        imprint=None if found is None else b64encode(found).decode("ascii"),
        shared=tuple(sorted({_digest(name, link) for link in map(_plain, links) if link})),
    )


def is_established(author: Author | None) -> bool:
    """Whether an account is neither young nor unknown, by what its platform says of it."""
    return (
        author is not None
        and author.followers is not None
        and author.followers >= ESTABLISHED_FOLLOWERS
    )


def _name(author: Author | None, platform: str, post_id: str) -> str:
    """Name an author. A handle's first part: ``@ada``, ``ada.bsky.social``, ``ada@mastodon.art``.

    Nobody known: everyone is somebody else.
    """
    if author is not None and author.handle:
        handle = author.handle.strip("@").casefold()
        return handle.partition("@")[0].removesuffix(".bsky.social")
    if author is not None and author.native_id:
        return f"{platform}:{author.native_id}"
    return post_id


def _plain(link: str) -> str:
    """Bring a link to what it leads to: no scheme, no www, no closing slash, nothing that tracks.

    Empty for what is no link.
    """
    try:
        parts = urlsplit(link if "//" in link else f"//{link}")
        asked = parse_qsl(parts.query)
    except ValueError:
        return ""
    kept = sorted((name, value) for name, value in asked if not _TRACKS.match(name))
    place = f"{parts.netloc.casefold().removeprefix('www.')}{parts.path.rstrip('/')}"
    return f"{place}?{urlencode(kept)}" if kept else place


def _digest(author: str, link: str) -> str:
    return hashlib.blake2b(f"{author}\x1f{link}".encode(), digest_size=6).hexdigest()
