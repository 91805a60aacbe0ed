"""Facts about one museum's posts, handed to a pipeline over a broker in memory."""

from __future__ import annotations

from typing import Any

from schemas import (
    EngagementSnapshot,
    Post,
    Removal,
    RemovalReason,
)
from services.ingest.observations import (
    Fact,
    Fate,
    Observation,
    Outcome,
)
from tests.unit.services.ingest.builders import NOW, World, make_museum, make_post

EGIZIO = make_museum("egizio")
RAW, TRACKED, DLQ = "posts.raw", "ingest.tracked", "ingest.dlq"


async def handle(world: World, *facts: Fact) -> list[Outcome]:
    return await world.pipeline.handle(
        "test", [Observation(fact, b"the bytes", (("line", "7"),)) for fact in facts]
    )


def fates(outcomes: list[Outcome]) -> list[Fate]:
    return [outcome.fate for outcome in outcomes]


def about_egizio(**fields: Any) -> Post:
    return make_post("so nice", **({"hashtags": ["Egizio"]} | fields))


def removal(post_id: str = "x:1", **fields: Any) -> Removal:
    given = {
        "post_id": post_id,
        "reason": RemovalReason.AUTHOR_DELETE,
        "effective_at": NOW,
        "observed_at": NOW,
    }
    return Removal.model_validate(given | fields)


def snapshot(post_id: str = "x:1", *, likes: int) -> EngagementSnapshot:
    return EngagementSnapshot(
        post_id=post_id, platform="x", observed_at=NOW, method="poll", likes=likes
    )
