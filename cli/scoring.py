"""Ingest's matching and enrich's scoring in one process: what `passaparola score` prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.matched import matched
from cli.model import model_in_use
from schemas import EngagementSnapshot, Match, MatchKind, Post, Removal, Transport
from schemas.codec import encode
from services.common.errors import Poison
from services.enrich.post_row import PostRow, fold_post, fold_removal, fold_snapshot
from services.enrich.score import enriched_posts
from services.enrich.sentiment import load_model
from services.enrich.understanding import Reader, item_of
from services.enrich.usual import Usual
from services.ingest.cleaning import check_removal, check_snapshot
from services.ingest.connectors.replay.facts import Reading, facts_of, id_of
from services.ingest.matching import Matcher
from services.ingest.observations import AccountRemoval, Fact
from services.ingest.register_file import read_register

UNMATCHED = "unmatched"


class Scorer:
    """Takes lines of replay's own shape, one after the other, as the services would live.

    What is usual is the prior: what is learned from many posts is not here. ``register``: none if
    ``None``.
    """

    def __init__(self, register: Path | None, now: Callable[[], datetime]) -> None:
        self._matcher = Matcher(() if register is None else read_register(register))
        self._now = now
        self._reader = Reader(load_model(model_in_use()))
        self._usual = Usual()
        self._rows: dict[str, PostRow] = {}

    def enriched(self, line: bytes) -> list[bytes]:
        """Return the enriched events that stand for a post after a line about it.

        Raises ``Poison`` for a line that ingest would refuse.
        """
        facts = facts_of(_fields(line), Reading(Transport.STREAM))
        for fact in facts:
            self._take(fact)
        post_id = id_of(facts[0]) or ""
        if post_id not in self._rows:
            return []
        self._rows[post_id], events = enriched_posts(self._rows[post_id])
        # Who reads it should not look for a museum's words: there are none.
        none: dict[str, Any] = {"matches": ()}
        return [
            encode(event.model_copy(update=none) if event.museum_id == UNMATCHED else event)
            for event in events
        ]

    def text(self, text: str) -> list[bytes]:
        """Return the enriched events of a text that is posted now."""
        post = {"post_id": "text:1", "created_at": self._now().isoformat(), "text": text}
        return self.enriched(json.dumps(post).encode())

    def _take(self, fact: Fact) -> None:
        rows = self._rows
        match fact:
            case Post(post_id=post_id):
                rows[post_id] = self._on_post(fact)
            case EngagementSnapshot(post_id=post_id):
                check_snapshot(fact, self._now())
                rows[post_id] = fold_snapshot(rows.get(post_id), fact, self._usual)
            case Removal(post_id=post_id):
                check_removal(fact)
                row = rows.get(post_id)
                if row is None or not row.outlives(fact):
                    rows[post_id] = fold_removal(row, fact)
            case AccountRemoval():
                raise Poison("account_removal", "give a removal of each post of the account")

    def _on_post(self, post: Post) -> PostRow:
        row = self._rows.get(post.post_id)
        if row is not None and row.blocks(post.version):
            return row
        post = matched(post, self._matcher, self._now())
        if not post.matches:
            nobodys = Match(museum_id=UNMATCHED, kind=MatchKind.WORDS, value="")
            post = post.model_copy(update={"matches": (nobodys,)})
        [understanding] = self._reader.understand([item_of(post)])
        return fold_post(row, post, understanding, self._usual)


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise Poison("not_json", "not JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise Poison("not_an_object", "a line must be one JSON object")
    return fields
