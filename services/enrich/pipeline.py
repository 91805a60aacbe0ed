"""enrich as a sentence: posts and snapshots are scored, enriched posts are counted by museum."""

from __future__ import annotations

from schemas.topics import ENGAGEMENT, MUSEUM_ROWS, POST_ROWS, POSTS_ENRICHED, POSTS_RAW
from services.common.guard import Handle
from services.common.outbound import Outbound
from services.common.streams import StreamApp

from .counting import Counting
from .metrics import ROWS
from .norms import Norms
from .register import Register
from .scoring import Scoring
from .sentiment import SentimentModel


def build_pipeline(
    stream: StreamApp,
    norms: Norms,
    register: Register,
    sentiment: SentimentModel,
    *,
    raw_partitions: int,
    enriched_partitions: int,
) -> None:
    """Score what comes in on ``posts.raw`` and ``posts.engagement``; count ``posts.enriched``."""
    post_rows = stream.rows("posts", POST_ROWS)
    museum_rows = stream.rows("museums", MUSEUM_ROWS)
    ROWS.labels("posts").set_function(post_rows.count)
    ROWS.labels("museums").set_function(museum_rows.count)

    def score(out: Outbound) -> Handle:
        stage = Scoring(post_rows, norms, register, sentiment, enriched_partitions, out)
        stream.on_revoked(stage.forget_time)
        return stage.handle

    def count(out: Outbound) -> Handle:
        stage = Counting(museum_rows, raw_partitions, out)
        stream.on_revoked(stage.forget_time)
        return stage.handle

    stream.stage("score", (POSTS_RAW, ENGAGEMENT), score)
    stream.stage("count", (POSTS_ENRICHED,), count)
