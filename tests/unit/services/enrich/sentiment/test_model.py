"""The shipped model never raises, marks words of the text as it is, and always says the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Evidence
from services.enrich.reading import Pull, Reading, SentimentModel, Text
from services.enrich.sentiment import load_model

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt", "ja", "und")
POSTS = (
    Text("What a wonderful museum, we loved every room! 😍", "en"),
    Text("Awful. Two hours in the queue and a rude guard, worst museum ever.", "en"),
    Text("Coda di due ore e bagni sporchi, che vergogna.", "it"),
    Text("Ein großartiges Museum, wir kommen wieder ❤️", "de"),
    Text("RT @user: #NuitDesMusées gratuite samedi https://example.org/nuit", "fr"),
    Text("متحف رائع جدا", "ar"),
    Text("この美術館は素晴らしい", "ja"),
    Text("बहुत बुरा अनुभव", "hi", "review"),
    Text("👩‍👩‍👧‍👦 \ud800 \U0010ffff ﷺ ̈ \u202eabc", "und", "comment"),
)
TEXTS = st.builds(
    Text,
    st.text(st.characters(codec=None), max_size=200) | st.sampled_from(POSTS).map(lambda p: p.text),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["post", "review", "comment"]),
)


shipped = cache(load_model)


@pytest.fixture
def model() -> SentimentModel:
    return shipped()


def feel(model: SentimentModel, text: str, language: str = "en") -> Reading:
    return model.read([Text(text, language)])[0]


@pytest.mark.parametrize(
    ("post", "label"),
    [
        (POSTS[0], "positive"),
        (POSTS[1], "negative"),
        (POSTS[2], "negative"),
        (POSTS[3], "positive"),
    ],
)
def test_plain_cases(model: SentimentModel, post: Text, label: str) -> None:
    (reading,) = model.read([post])
    assert reading.sentiment.label == label
    assert reading.sentiment.model == model.name
    assert not reading.sentiment.abstained


def test_the_words_that_decided_are_marked(model: SentimentModel) -> None:
    text = POSTS[0].text
    evidence = feel(model, text).sentiment.evidence
    assert {"wonderful", "loved"} <= {text[one.start : one.end] for one in evidence}
    assert all(one.weight > 0 for one in evidence)
    assert len(evidence) <= 5
    assert [one.start for one in evidence] == sorted(one.start for one in evidence)


def test_pulls_are_of_all_words(model: SentimentModel) -> None:
    text = "awful, but the café was lovely"
    pulls = feel(model, text).pulls
    assert [text[pull.start : pull.end] for pull in pulls] == [
        *("awful", "but", "the", "café", "was", "lovely")
    ]
    assert pulls[0].weight < 0 < pulls[-1].weight


@pytest.mark.parametrize("text", ["", " \n", "https://example.org @user"])
def test_nothing_said_is_neutral_by_rule(model: SentimentModel, text: str) -> None:
    sentiment = feel(model, text).sentiment
    assert (sentiment.label, sentiment.p_neutral, sentiment.abstained) == ("neutral", 1, True)
    assert sentiment.evidence == ()


def test_languages_without_a_table_share_one(model: SentimentModel) -> None:
    assert feel(model, "Fantastiskt museum!", "sv") == feel(model, "Fantastiskt museum!", "und")


def test_a_review_is_less_often_neutral_than_a_post(model: SentimentModel) -> None:
    text = "The museum has three floors and a garden."
    post, review = model.read([Text(text, "en"), Text(text, "en", "review")])
    assert review.sentiment.p_neutral < post.sentiment.p_neutral


def check(texts: Sequence[Text], readings: Sequence[Reading]) -> None:
    assert len(readings) == len(texts)
    for text, reading in zip(texts, readings, strict=True):
        sentiment = reading.sentiment
        shares = (sentiment.p_negative, sentiment.p_neutral, sentiment.p_positive)
        assert abs(sum(shares) - 1) < 2e-4
        marks: list[Pull | Evidence] = [*reading.pulls, *sentiment.evidence]
        for mark in marks:
            assert 0 <= mark.start < mark.end <= len(text.text)
            assert np.isfinite(mark.weight)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=8))
def test_no_text_makes_it_raise_and_company_changes_nothing(texts: list[Text]) -> None:
    model = shipped()
    together = model.read(texts)
    check(texts, together)
    assert together == [model.read([text])[0] for text in texts]


def test_a_large_batch_says_the_same_as_single_texts(model: SentimentModel) -> None:
    chance = random.Random(4)
    texts = [mutate(chance.choice(POSTS), chance) for _ in range(700)]
    together = model.read(texts)
    assert together == [model.read([text])[0] for text in texts]
    assert together == load_model().read(texts)


def mutate(post: Text, chance: random.Random) -> Text:
    """Cut, double, swap and put any code point anywhere."""
    letters = list(post.text)
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(letters) + 1)
        match chance.randrange(4):
            case 0:
                letters[at:at] = chr(chance.choice((0x30, 0x300, 0x3000, 0x30000)) + at)
            case 1:
                del letters[at : at + 3]
            case 2:
                letters[at:at] = letters[:at]
            case _:
                letters[at:at] = chr(chance.randrange(0x110000))
    return Text("".join(letters), chance.choice(LANGUAGES), post.source)


def test_mutated_posts(model: SentimentModel) -> None:
    chance = random.Random(1)
    for _ in range(4):
        texts = [mutate(chance.choice(POSTS), chance) for _ in range(5_000)]
        check(texts[:500], model.read(texts)[:500])


@pytest.mark.parametrize(
    "filler", ["so bad ", "x", "\ufdfa", "👩‍👩‍👧‍👦", "&amp;", "@a#b", "א", "\ud800"]
)
def test_walls_of_text(model: SentimentModel, filler: str) -> None:
    texts = [Text((filler * (1 << 16))[: 1 << 16], "en")] * 3
    check(texts, model.read(texts))
