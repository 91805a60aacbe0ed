"""Strangers' text made fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.excerpt import EXCERPT_CHARS, clean, cut, excerpt, link, one_line

FAMILY = "👩‍👩‍👧‍👦"
FLAGS = "🇮🇹🇫🇷🇪🇸"
STEERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANY_TEXT = st.text(
    st.characters(codec=None) | st.sampled_from([*STEERING, *FAMILY, *FLAGS, "\u0301", "\n", "\0"])
)


@given(ANY_TEXT)
def test_clean_text_steers_nothing_and_can_be_written(text: str) -> None:
    shown = clean(text)
    shown.encode("utf-8")
    assert not set(shown) & set(STEERING)
    assert all(char == "\n" or unicodedata.category(char) != "Cc" for char in shown)
    assert "\n\n\n" not in shown
    assert clean(shown) == shown
    assert "\n" not in one_line(text)


@given(ANY_TEXT, st.integers(5, 60))
def test_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(shown) <= limit
    if len(text) <= limit:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


@pytest.mark.parametrize("whole", [FAMILY, "é" * 3, "👍🏽", "🇮🇹"])
@pytest.mark.parametrize("limit", range(3, 30))
def test_characters_of_several_code_points_stay_whole(whole: str, limit: int) -> None:
    text = whole * 20
    shown = cut(unicodedata.normalize("NFD", text), limit)[:-1]
    unit = unicodedata.normalize("NFD", whole)
    if whole == "é" * 3:
        unit = unicodedata.normalize("NFD", "é")
    assert shown == unit * (len(shown) // len(unit))


def test_words_stay_whole_near_the_end() -> None:
    assert cut("The quick brown fox jumps", 20) == "The quick brown fox…"


def test_towers_of_marks_are_lowered() -> None:
    assert len(clean("e" + "\u0301" * 100)) == 5


def test_excerpt_is_short() -> None:
    assert len(excerpt("word " * 1000)) <= EXCERPT_CHARS


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/a?b=c&d=e#f", "https://x.example/a?b=c&d=e#f"),
        (" https://x.example/a ", "https://x.example/a"),
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("https://x.example/<!channel>|x", "https://x.example/%3C!channel%3E%7Cx"),
        ("https://museo.example/città", "https://museo.example/citt%C3%A0"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://x.example/", None),
        ("//x.example/", None),
        ("https:///nohost", None),
        ("https://[broken", None),
        ("https://x.example\\@evil.example/", None),
        ("https://x.example/" + "a" * 3000, None),
        ("https://x.example/\ud800", None),
        (None, None),
        ("", None),
    ],
)
def test_only_web_addresses_are_linked(url: str | None, safe: str | None) -> None:
    assert link(url) == safe


@given(ANY_TEXT)
def test_no_link_can_leave_its_markup(text: str) -> None:
    safe = link("https://x.example/" + text)
    assert safe is None or not set(safe) & set("<>|\"' \n\0") - {"'"}
