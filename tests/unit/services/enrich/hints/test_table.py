from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.hints import alarm_near, hinting, lean, most_alarming, table
from services.enrich.hints.table import Hint, Leaning, parse, read_hints, render
from services.enrich.phrases.library import book_of

KEYS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1)
STEPS = st.integers(-300, 300)


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {
        "queue": (40, -20, 30),
        "lovely": (-10, 50, -100),
        "lovely queue": (5, 0, 10),
        ":review": (1, 2, -300),
    }
    monkeypatch.setattr(table, "read_hints", lambda: few)


@pytest.mark.usefixtures("hints")
def test_each_word_counts_once_and_what_follows_it_too() -> None:
    tokens = book_of("en").cut("Lovely queue! A queue, a queue")
    assert lean(tokens, "review") == (Leaning(0.36, 0.32), -3.6)
    assert lean(tokens, "post") == (Leaning(0.35, 0.30), -0.6)


@pytest.mark.usefixtures("hints")
def test_a_hint_says_where_it_stands_and_where_it_leans() -> None:
    tokens = book_of("en").cut("A lovely queue")
    assert hinting(tokens) == [(1, 1, 0.3), (2, 2, -0.3), (1, 2, -0.025)]


@pytest.mark.usefixtures("hints")
def test_the_words_that_alarm_most_are_named() -> None:
    tokens = book_of("en").cut("A lovely queue, a queue")
    assert most_alarming(tokens, 0, 4) == (2, 2)
    assert most_alarming(tokens, 3, 4) == (4, 4)
    assert most_alarming(tokens, 0, 0) == (0, 0)


@pytest.mark.usefixtures("hints")
def test_an_alarm_may_be_by_some_words_alone() -> None:
    tokens = book_of("en").cut("A lovely queue, a queue")
    assert alarm_near(tokens, "post", 0, 4) == lean(tokens, "post")[1] == -0.6
    assert alarm_near(tokens, "post", 3, 4) == 0.3


def test_no_text_is_so_long_that_it_leans_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "one two three four five six seven eight nine ten".split()
    monkeypatch.setattr(table, "read_hints", lambda: dict.fromkeys(words, (150, -150, 150)))
    tokens = book_of("en").cut(" ".join(words))
    assert lean(tokens, "post") == (Leaning(3, -3), 15)


@given(st.dictionaries(KEYS, st.tuples(STEPS, STEPS, STEPS)))
def test_a_table_is_read_as_it_was_written(hints: dict[str, Hint]) -> None:
    assert parse(render(hints)) == hints


@pytest.mark.parametrize(
    "line", ["queue", "queue\t+1\t2", "queue\t+1\t2\tmuch", "queue\t1\t2\t3\t4"]
)
def test_a_broken_line_is_told_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is not a word and three whole numbers"):
        parse(f"lovely\t+1\t-1\t+0\n{line}\n")


def test_the_table_is_there() -> None:
    assert len(read_hints()) > 1_000
