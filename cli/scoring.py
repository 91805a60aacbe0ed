"""Ingest's matching and enrich's scoring in one process: what `passaparola score` prints."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from schemas import EngagementSnapshot, Match, MatchKind, Post, Transport
from schemas.codec import encode
from services.common.errors import Poison
from services.enrich.engagement import BETA
from services.enrich.language import detect_language
from services.enrich.norms import Norms
from services.enrich.post_row import PostRow, fold_post, fold_snapshot
from services.enrich.score import enriched_posts
from services.enrich.sentiment import load_model
from services.ingest.connectors.replay.facts import Reading, facts_of
from services.ingest.matching import Matcher
from services.ingest.register_file import read_register

UNMATCHED = "unmatched"


class Scorer:
    """Scores lines of replay's own shape, each post for itself."""

    def __init__(self, register: Path) -> None:
        self._matcher = Matcher(read_register(register) if register.exists() else ())
        self._sentiment = load_model()
        self._norms = Norms(BETA)
        self._rows: dict[str, PostRow] = {}

    @staticmethod
    def line_of(text: str, at: datetime) -> bytes:
        """Return a text as a line of replay's own shape."""
        post = {"post_id": "text:1", "created_at": at.isoformat(), "text": text}
        return json.dumps(post).encode()

    def enriched(self, line: bytes) -> list[bytes]:
        """Return the enriched events that a line leads to. Raises ``ValueError`` for a bad line."""
        try:
            fields = json.loads(line)
            if not isinstance(fields, dict):
                raise ValueError("a line must be one JSON object")
            facts = facts_of(fields, Reading(Transport.STREAM))
        except Poison as error:
            raise ValueError(str(error)) from None
        row = None
        for fact in facts:
            if isinstance(fact, Post):
                row = self._on_post(fact)
            elif isinstance(fact, EngagementSnapshot):
                row = fold_snapshot(self._rows.get(fact.post_id), fact, self._norms)
                self._rows[fact.post_id] = row
        return [] if row is None else [encode(event) for event in enriched_posts(row)[1]]

    def _on_post(self, post: Post) -> PostRow:
        matches = self._matcher.match(post) or (
            Match(museum_id=UNMATCHED, kind=MatchKind.WORDS, value=""),
        )
        post = post.model_copy(update={"matches": matches})
        language = detect_language(post.text, post.lang)
        sentiment = self._sentiment.judge([(post.text, language.code)])[0]
        row = fold_post(self._rows.get(post.post_id), post, language, sentiment, self._norms)
        self._rows[post.post_id] = row
        return row
