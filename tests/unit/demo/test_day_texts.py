"""What the stories rely on: loud complaints read as a negative visit to enrich, praise does not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from string import Formatter
from typing import Any

import pytest

from demo.day import compose
from demo.day.texts import STOCKS, Stock
from demo.day.venues import VENUES
from schemas import Sentiment
from services.alerts.rules.negative_post import Thresholds
from services.enrich.sentiment import load_model
from services.enrich.understanding import Item, Reader

SURE = Thresholds().min_confidence
FEW = 2_000
LITTLE = 12
"""Likes, replies and reposts of a post, however they weigh: far from an alert."""


@cache
def reader() -> Reader:
    return Reader(load_model())


def feelings(said: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Sentiment]:
    """What each text in its language feels of the visit; read together, which is much faster."""
    each = list(dict.fromkeys(said))
    found = reader().understand([Item(text, language) for text, language in each])
    return {one: read.visit for one, read in zip(each, found, strict=True)}


def surely_negative(felt: Sentiment) -> bool:
    return felt.label == "negative" and felt.confidence >= SURE


def events(seed: int) -> Iterator[dict[str, Any]]:
    for line in compose(seed).posts.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def posts(seed: int) -> list[dict[str, Any]]:
    """Without the garbage, which has no ``url``."""
    return [event for event in events(seed) if event.get("type") == "post" and "url" in event]


def most_engagement(seed: int) -> dict[str, float]:
    most: dict[str, float] = {}
    for event in events(seed):
        if event.get("type") == "engagement" and isinstance(event["likes"], int):
            acts = event["likes"] + 3 * (event.get("replies", 0) + event.get("reposts", 0))
            most[event["post_id"]] = max(acts, most.get(event["post_id"], 0))
    return most


@pytest.mark.parametrize("seed", range(5))
def test_what_must_alert_is_surely_negative_and_loud_ordinary_posts_are_not(seed: int) -> None:
    truth = compose(seed).truth
    negative = {fact.story_id for fact in truth.expected if "negative_post" in fact.rules}
    quiet = {fact.story_id for fact in truth.forbidden}
    sure = set()
    most = most_engagement(seed)
    felt = feelings((post["text"], post["lang"]) for post in posts(seed))
    for post in posts(seed):
        if surely_negative(felt[post["text"], post["lang"]]):
            sure.add(post["post_id"])
            story_id = post.get("thread_root", post["post_id"])
            few = ((post["author"] or {}).get("followers") or 0) <= FEW
            assert few or story_id in negative | quiet, post["text"]
            if story_id not in negative | quiet:
                assert most.get(post["post_id"], 0) < LITTLE
    assert negative <= sure


@pytest.mark.parametrize("stock", STOCKS.values(), ids=list(STOCKS))
def test_praise_never_reads_as_a_complaint(stock: Stock) -> None:
    said = [
        sentence.format(at=venue.at[stock.language], work=work, who=stock.companions[0]) + ending
        for venue in VENUES
        for work in venue.works[stock.language]
        for sentence in stock.praise
        for ending in stock.endings
    ]
    felt = feelings((text, stock.language) for text in said)
    bad = [text for (text, _), one in felt.items() if surely_negative(one)]
    assert len(felt) > 1_000
    assert bad == []


@pytest.mark.parametrize("stock", STOCKS.values(), ids=list(STOCKS))
def test_sentences_have_only_the_slots_that_are_filled(stock: Stock) -> None:
    sentences = (*stock.praise, *stock.grumbles, *stock.dark, *stock.elsewhere)
    for sentence in sentences:
        slots = {slot for _, slot, _, _ in Formatter().parse(sentence) if slot is not None}
        assert slots <= {"at", "work", "who"}
        assert slots or sentence in stock.elsewhere or "?" in sentence or "!" in sentence, sentence
    assert len(set(sentences)) == len(sentences) > 40


def test_a_day_does_not_repeat_itself_much() -> None:
    texts = [post["text"] for post in posts(7) if "edited_at" not in post]
    assert len(set(texts)) > 0.75 * len(texts)


def test_venues_speak_every_language() -> None:
    for venue in VENUES:
        assert venue.at.keys() == venue.works.keys() == STOCKS.keys()
        assert venue.languages.keys() <= STOCKS.keys()
        assert sum(venue.languages.values()) == pytest.approx(1)
    assert sum(venue.rate for venue in VENUES) == pytest.approx(1)
