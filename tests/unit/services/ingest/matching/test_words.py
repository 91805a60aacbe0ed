from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.matching.words import Words, is_break, word_fold


def found(word: str, text: str) -> bool:
    return any(Words([(0, word)]).find(text))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Museo Egizio", "oggi al MUSEO EGIZIO!"),
        ("Museo Egizio", "museo\n  egizio"),
        ("Musée du Louvre", "le musee du louvre"),
        ("Musee du Louvre", "le muse\u0301e du Louvre"),
        ("Orangerie", "à l'Orangerie, à l’orangerie"),
        ("Louvre", "Louvre's pyramid"),
        ("Straßenmuseum", "STRASSENMUSEUM"),
        ("東京国立博物館", "今日東京国立博物館に行った"),
        ("국립중앙박물관", "국립중앙박물관에서"),
        ("พิพิธภัณฑ์", "ไปพิพิธภัณฑ์มา"),
        ("संग्रहालय", "यह संग्रहालय है"),
        ("المتحف", "زرت المُتْحَف اليوم"),
        ("Музей", "музей"),
    ],
)
def test_names_are_found(word: str, text: str) -> None:
    assert found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Tate", "the state of things"),
        ("Tate", "tates"),
        ("Tate", "tate_modern"),
        ("Prado", "pradoso"),
        ("Museo Egizio", "museoegizio"),
        # A vowel sign after the name makes another word of it.
        ("संग्रह", "संग्रहालय"),
        ("क", "कि"),
        ("ภ", "ภั"),
    ],
)
def test_parts_of_words_are_not(word: str, text: str) -> None:
    assert not found(word, text)


def test_a_word_of_two_museums_is_found_for_both() -> None:
    words = Words([(0, "Gallery"), (1, "gallery"), (2, "National Gallery")])
    assert {number for number, _ in words.find("the National Gallery")} == {0, 1, 2}


def test_no_words_find_nothing() -> None:
    assert not Words([])
    assert list(Words([]).find("anything")) == []


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert word_fold(word_fold(text)) == word_fold(text)


@given(
    st.lists(st.text(alphabet="abé ́_", min_size=1, max_size=4), min_size=1, max_size=6),
    st.text(alphabet="abé ́_.", max_size=30),
)
def test_one_pass_finds_what_looking_for_each_word_does(words: list[str], text: str) -> None:
    folded = word_fold(text)
    expected = set()
    for number, word in enumerate(words):
        wanted = word_fold(word).strip()
        for at in range(len(folded)):
            end = at + len(wanted)
            if (
                wanted
                and folded[at:end] == wanted
                and is_break(folded, at)
                and is_break(folded, end)
            ):
                expected.add(number)
    assert {number for number, _ in Words(enumerate(words)).find(text)} == expected
