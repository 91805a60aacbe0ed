"""Runs enrich and dies at a hard moment: ``python -m tests.integration.enrich.dying MOMENT``.

The product's code is untouched: death comes around ``Publisher.publish`` or the recovery. Every
death is that of a ``kill -9``: nothing is flushed, nothing is committed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from schemas.topics import POST_ROWS, POSTS_ENRICHED
from services.common.publisher import Publisher
from services.common.records import Record
from services.common.streams.rows import _PartitionedStore
from services.enrich.app import run
from services.enrich.settings import Settings

DEATH = 9


def _is_row(record: Record) -> bool:
    return record.topic is POST_ROWS and record.value is not None


def _is_post(record: Record) -> bool:
    return record.topic is POSTS_ENRICHED and record.value is not None


def _is_null(record: Record) -> bool:
    return (
        record.topic is POSTS_ENRICHED and record.value is None and "/bluesky:" in str(record.key)
    )


MOMENTS: dict[str, tuple[Callable[[Record], bool], Callable[[Record], bool]]] = {
    "the row is written and its posts are not": (_is_row, _is_row),
    "the posts are written and their row is not": (_is_post, _is_post),
    "the nulls are written and the mark is not": (_is_null, lambda record: True),
    "all is written and nothing committed": (_is_post, lambda record: True),
}
"""By moment: what a batch must hold for death to come, and what of it is written before."""
IN_RECOVERY = "the tables are being recovered"


def die_at(moment: str) -> None:
    """Arrange the death."""
    if moment == IN_RECOVERY:
        _PartitionedStore.apply_changelog_batch = _die  # type: ignore[method-assign]
        return
    meets, writes = MOMENTS[moment]
    publish = Publisher.publish

    async def publish_and_die(self: Publisher, records: Sequence[Record]) -> Any:
        if not any(map(meets, records)):
            return await publish(self, records)
        await publish(self, [record for record in records if writes(record)])
        os._exit(DEATH)

    Publisher.publish = publish_and_die  # type: ignore[method-assign]


def _die(*_: Any, **__: Any) -> None:
    os._exit(DEATH)


if __name__ == "__main__":
    die_at(sys.argv[1])
    run(Settings())
