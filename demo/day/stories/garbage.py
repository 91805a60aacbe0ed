"""Lines that cannot be read or must not be believed; most would page somebody if they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from demo.day.lines import Draft, Line, post_line, to_bytes
from demo.day.stage import Stage, Story, seen
from demo.day.truth import Forbidden

FAR_FUTURE = "2399-12-31T23:00:00Z"
_LONG = 1_000_000
_LOUD = "Terrible, awful, disgraceful, the worst museum. #Louvre"


def tell(stage: Stage) -> Story:
    """Each bad line ends in the dead letters, and the good post among them stays quiet."""
    bait = stage.write(
        "Ein ruhiger Nachmittag zwischen alten Flugzeugen, sehr schön. #DeutschesMuseum",
        "de",
        stage.clock("deutsches-museum", "10:20"),
        followers=stage.about(200),
    )
    posts = _bad_posts(stage)
    first = stage.clock("louvre", "09:20")
    spoiled = [
        Line(first + index * timedelta(minutes=40), data, "dead_letter")
        for index, data in enumerate((*_bad_bytes(), *map(to_bytes, posts), *_bad_looks(bait)))
    ]
    forbidden = [Forbidden(story_id=bait.post_id, why="only its unbelievable counters are high")]
    forbidden += [
        Forbidden(story_id=post["post_id"], why="a line that must not be believed")
        for post in posts
        if "post_id" in post
    ]
    return Story(
        lines=(post_line(bait, seen(bait)), *stage.looks(bait, [(2, 3)]), *spoiled),
        forbidden=tuple(forbidden),
    )


def _bad_bytes() -> Iterator[bytes]:
    yield b'{"type":"post","post_id":"mastodon:torn","text":"Terrible'
    yield b"Terrible, awful. #Louvre"
    yield b'["a","list"]'
    yield b'{"type":"post","post_id":"mastodon:latin-1","text":"Horrible caf\xe9. #Louvre"}'
    yield b'{"type":"story","post_id":"mastodon:unknown-type"}'


def _bad_posts(stage: Stage) -> list[dict[str, Any]]:
    at = stage.clock("louvre", "09:10").isoformat()

    def post(name: str, **changes: Any) -> dict[str, Any]:
        return {
            "type": "post",
            "post_id": f"mastodon:{stage.day:%Y%m%d}-{stage.seed}-{name}",
            "platform": "mastodon",
            "version": 1,
            "author": {"handle": name, "followers": 80_000},
            "text": _LOUD,
            "lang": "en",
            "hashtags": ["louvre"],
            "created_at": at,
            "observed_at": at,
        } | changes

    nameless = post("nameless")
    del nameless["post_id"]
    return [
        nameless,
        post("text-is-a-number", text=12),
        post("negative-followers", author={"handle": "nobody", "followers": -80_000}),
        post("no-time-zone", created_at=at[:19], observed_at=at[:19]),
        post("far-future", created_at=FAR_FUTURE, observed_at=FAR_FUTURE),
        post("a-megabyte", text=(_LOUD + " ") * (_LONG // len(_LOUD))),
    ]


def _bad_looks(bait: Draft) -> Iterator[bytes]:
    look = {
        "type": "engagement",
        "post_id": bait.post_id,
        "platform": bait.platform,
        "observed_at": seen(bait).isoformat(),
        "method": "poll",
        "likes": 9_000,
    }
    yield to_bytes(look | {"replies": -4})
    yield to_bytes(look | {"likes": "very many"})
    yield to_bytes(look | {"observed_at": FAR_FUTURE})
