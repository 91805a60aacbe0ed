"""Rules look at what a post says of the visit, and say what it complains of."""

from __future__ import annotations

from typing import Any

from services.alerts.rules.evidence import measured, negativity, surely_negative
from tests.unit.services.alerts.samples import NEGATIVE, NEUTRAL, make_post, negative


def aspect(name: str, polarity: str, about: str = "visit") -> dict[str, Any]:
    return {
        "aspect": name, "family": "any", "polarity": polarity, "about": about,
        "start": 0, "end": 3,
    }  # fmt: skip


def test_a_dark_work_is_no_complaint() -> None:
    post = make_post(sentiment=NEGATIVE, visit=NEUTRAL, work=NEGATIVE)
    assert not surely_negative(post, 0.6)


def test_a_complaint_beside_praise_of_the_works_is_one() -> None:
    post = make_post(sentiment=NEUTRAL, visit=NEGATIVE)
    assert surely_negative(post, 0.6)
    assert measured(post)["p_negative"] == NEGATIVE["p_negative"]


def test_an_event_of_before_the_two_were_told_apart_counts_as_a_whole() -> None:
    assert surely_negative(negative(), 0.6)


def test_the_sentence_names_each_complaint_about_the_visit_once() -> None:
    aspects = (
        aspect("queue", "negative"),
        aspect("air_conditioning", "negative"),
        aspect("queue", "negative"),
        aspect("staff", "positive"),
        aspect("works", "negative", "work"),
    )
    post = make_post(visit=NEGATIVE, aspects=aspects)
    assert negativity(post) == "The visit reads as negative (90% sure): queue, air conditioning"


def test_the_sentence_stands_without_aspects() -> None:
    assert negativity(negative()) == "The visit reads as negative (90% sure)"
