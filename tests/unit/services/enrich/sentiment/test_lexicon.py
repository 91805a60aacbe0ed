"""The first sentiment: what it finds, that it abstains else, and that no text is too strange."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Sentiment
from services.enrich.sentiment import LexiconModel, load_model

MODEL = LexiconModel()
CODES = ("de", "en", "es", "fr", "it", "und", "ja", "")


def judge(text: str, code: str = "en") -> Sentiment:
    [found] = MODEL.judge([(text, code)])
    return found


@pytest.mark.parametrize(
    ("text", "code", "label"),
    [
        ("What a wonderful, breathtaking place", "en", "positive"),
        ("Che meraviglia, stupendo!", "it", "positive"),
        ("C'était magnifique", "fr", "positive"),
        ("Ein wunderbares Museum, großartig", "de", "positive"),
        ("Un museo espectacular, maravilloso", "es", "positive"),
        ("😍😍", "und", "positive"),
        ("😡", "ja", "negative"),
    ],
)
def test_a_clear_text_is_judged(text: str, code: str, label: str) -> None:
    found = judge(text, code)
    assert (found.label, found.abstained) == (label, False)


def test_without_a_hit_it_abstains() -> None:
    for text in ("", "the museum is in Paris", "   ", "12345"):
        found = judge(text)
        assert (found.label, found.abstained) == ("neutral", True)
        assert (found.p_negative, found.p_neutral, found.p_positive) == (0, 1, 0)


def test_a_negation_turns_a_word_and_reaches_only_so_far() -> None:
    assert judge("wonderful").p_positive > judge("wonderful").p_negative
    assert judge("not wonderful").p_negative > judge("not wonderful").p_positive
    assert judge("not today. wonderful").p_positive > 0
    assert judge("not a b c d wonderful").p_positive > 0


def test_words_are_read_in_any_case_and_with_any_accent_mark() -> None:
    plain = judge("wunderschön", "de")
    assert not plain.abstained
    assert judge("WUNDERSCHÖN", "de") == plain
    assert judge("wunderscho\u0308n", "de") == plain


def test_a_word_inside_another_is_no_hit() -> None:
    assert judge("lovelock").abstained


def check(found: Sentiment) -> None:
    shares = (found.p_negative, found.p_neutral, found.p_positive)
    assert math.isclose(sum(shares), 1, abs_tol=2e-4)
    assert (
        found.confidence
        == {
            "negative": found.p_negative,
            "neutral": found.p_neutral,
            "positive": found.p_positive,
        }[found.label]
    )
    assert found.confidence == max(shares)
    assert found.model == MODEL.name


_words = st.sampled_from(["not ", "wonderful", " non ", "brutto", "😍", "!", "\n", "é", "\ud800"])


@given(st.text(max_size=300) | st.lists(_words).map("".join), st.sampled_from(CODES))
def test_no_text_raises_and_the_same_text_gives_the_same_answer(text: str, code: str) -> None:
    check(judge(text, code))
    assert judge(text, code) == LexiconModel().judge([(text, code)])[0]


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(CODES)), max_size=5))
def test_every_text_has_its_answer_in_order(texts: list[tuple[str, str]]) -> None:
    assert MODEL.judge(texts) == [judge(text, code) for text, code in texts]


@pytest.mark.parametrize(
    "text", ["wonderful " * 50_000, "\x00" * 100_000, "ﷺ" * 65_536, "e\u0301" * 9]
)
def test_a_hostile_text_is_read_too(text: str) -> None:
    check(judge(text))


def test_the_model_in_use_says_its_name() -> None:
    assert load_model().judge([("x", "en")])[0].model == load_model().name
