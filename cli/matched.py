"""A post as ingest passes it on, for commands that live without ingest."""

from __future__ import annotations

from datetime import datetime

from schemas import Post
from services.ingest.cleaning import check_post, clean_post
from services.ingest.matching import Matcher
from services.ingest.matching.tags import normalise_hashtags


def matched(post: Post, matcher: Matcher, now: datetime) -> Post:
    """Return a post as ingest passes it on. Raises ``Poison`` for one that it refuses."""
    check_post(post, now)
    changes = clean_post(post) | {"hashtags": normalise_hashtags(post.hashtags)}
    cleaned = post.model_copy(update=changes)
    return cleaned.model_copy(update={"matches": matcher.match(cleaned)})
