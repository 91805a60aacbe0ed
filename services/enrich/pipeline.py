"""enrich as a sentence: posts and snapshots are scored, enriched posts are counted by museum."""

from __future__ import annotations

from schemas.topics import ENGAGEMENT, MUSEUM_ROWS, POST_ROWS, POSTS_ENRICHED, POSTS_RAW
from services.common.outbound import Outbound
from services.common.streams import Stage, StreamApp

from .counting import Counting
from .metrics import ROWS
from .register import Register
from .scoring import Scoring
from .understanding import Reader
from .usual import Usual


def build_pipeline(
    stream: StreamApp,
    usual: Usual,
    register: Register,
    reader: Reader,
    *,
    raw_partitions: int,
    enriched_partitions: int,
) -> None:
    """Score what comes in on ``posts.raw`` and ``posts.engagement``; count ``posts.enriched``."""
    post_rows = stream.rows("posts", POST_ROWS)
    museum_rows = stream.rows("museums", MUSEUM_ROWS)
    ROWS.labels("posts").set_function(post_rows.count)
    ROWS.labels("museums").set_function(museum_rows.count)

    def score(out: Outbound) -> Stage:
        stage = Scoring(post_rows, usual, register, reader, enriched_partitions, out)
        stream.on_revoked(stage.forget_time)
        return stage

    def count(out: Outbound) -> Stage:
        stage = Counting(museum_rows, register, raw_partitions, out)
        stream.on_revoked(stage.forget)
        return stage

    stream.stage("score", (POSTS_RAW, ENGAGEMENT), score)
    stream.stage("count", (POSTS_ENRICHED,), count)
