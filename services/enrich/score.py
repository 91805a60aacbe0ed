"""Turns the row of a post into the enriched posts that it means, one a museum. Pure."""

from __future__ import annotations

import hashlib

from schemas import EnrichedPost, MatchKind, Reason, Transport
from schemas.codec import encode

from .post_row import PostRow, Published

_SILENT = (Transport.BACKFILL, Transport.REPLAY)


def enriched_posts(row: PostRow) -> tuple[PostRow, list[EnrichedPost]]:
    """Render a post for each of its museums; a revision grows only where what it says changed.

    Returns the row that remembers the revisions, and the events. A mark renders to nothing.
    """
    if row.post is None:
        return row, []
    left = {museum_id: row.published[museum_id].silent() for museum_id in left_museums(row)}
    published = row.published | left
    events = []
    for museum_id in row.post.museum_ids:
        draft = _render(row, museum_id, revision=1)
        digest = _digest(draft)
        last = published.get(museum_id, Published())
        revision = last.revision + (digest != last.digest)
        published[museum_id] = Published(revision=revision, digest=digest)
        events.append(draft.model_copy(update={"revision": revision}))
    return row.model_copy(update={"published": published}), events


def left_museums(row: PostRow) -> list[str]:
    """Museums under which the post was published and that it no longer concerns."""
    current = row.post.museum_ids if row.post is not None else ()
    return sorted(set(row.published) - set(current))


def _render(row: PostRow, museum_id: str, revision: int) -> EnrichedPost:
    post, understanding = row.post, row.understanding
    if post is None or understanding is None:
        raise ValueError("a row without its post cannot be rendered")
    matches = tuple(match for match in post.matches if match.museum_id == museum_id)
    return EnrichedPost(
        museum_id=museum_id,
        post_id=post.post_id,
        story_id=post.story_id,
        platform=post.platform,
        version=post.version,
        kind=post.kind,
        url=post.url,
        author=post.author,
        text=post.text,
        hashtags=post.hashtags,
        media=post.media,
        links=post.links,
        rating=post.rating,
        matches=matches,
        own=any(match.kind is MatchKind.OWN for match in matches),
        transport=post.ingest.transport,
        pages=post.ingest.transport not in _SILENT,
        created_at=post.created_at,
        observed_at=post.observed_at,
        language=understanding.language,
        sentiment=understanding.sentiment,
        visit=understanding.visit,
        work=understanding.work,
        aspects=understanding.aspects,
        urgency=understanding.urgency,
        speaker=understanding.speaker,
        counters=row.counters,
        counted_at=row.counted_at,
        engagement=row.engagement,
        virality=row.virality,
        revision=revision,
        reason=row.reason,
    )


def _digest(event: EnrichedPost) -> str:
    # When we heard of it is not what it says: a source that repeats itself changes nothing.
    said = event.model_copy(
        update={"revision": 1, "reason": Reason.POST, "observed_at": event.created_at}
    )
    return hashlib.blake2b(encode(said), digest_size=12).hexdigest()
