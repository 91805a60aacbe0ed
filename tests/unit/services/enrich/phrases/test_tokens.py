"""Words of a text: folded alike, each with its place in the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.phrases.folding import Folding
from services.enrich.phrases.tokens import COMMA, NONE, QUESTION, STOP, cut


def words(text: str) -> list[str]:
    return cut(text, Folding({"cool"})).words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’attente était LONGUE", ["l", "attente", "etait", "longue"]),
        ("e\u0301tonnant", ["etonnant"]),
        ("schön, nicht schon; Fuß", ["schoen", "nicht", "schon", "fuss"]),
        ("vergüenza y pingüino", ["verguenza", "y", "pinguino"]),
        ("don't DON’T dont", ["dont", "dont", "dont"]),
        ("sooooo cooool", ["so", "cool"]),
        ("#NoQueueToday #museo", ["no", "queue", "today", "museo"]),
        ("2h30 in 1915 for 22,50€", ["#", "h", "#", "in", "##", "for", "#", "€"]),
        ("call 112 now", ["call", "112", "now"]),
        ("𝗯𝗼𝗹𝗱 ｗｉｄｅ", ["bold", "wide"]),
        ("wow👍🏽❤️", ["wow", "👍", "❤"]),
        ("@museo https://example.org/the-queue ciao", ["@", "ciao"]),
        ("गैलरी 안녕", ["गलर", "안녕"]),
        ("\ud800 ok \U0001f9ff", ["ok", "\U0001f9ff"]),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_what_stands_between_words_is_kept() -> None:
    tokens = cut("One, two. Three? Four 3.5 e.g. five", Folding())
    assert tokens.words[:4] == ["one", "two", "three", "four"]
    assert tokens.before[:5] == [NONE, COMMA, STOP, QUESTION, NONE]


def test_quoted_words_are_known() -> None:
    tokens = cut("We saw “Great Fire” and it's fine", Folding())
    quoted = [word for at, word in enumerate(tokens.words) if tokens.quoted >> at & 1]
    assert quoted == ["great", "fire"]


@given(st.text(max_size=300))
def test_every_word_lies_in_the_text_in_order(text: str) -> None:
    tokens = cut(text, Folding())
    last = 0
    for start, end in zip(tokens.starts, tokens.ends, strict=True):
        assert last <= start < end <= len(text)
        last = end
