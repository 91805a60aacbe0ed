"""The trie finds what a look at every run would find, whatever the words are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.enrich.phrases.tokens import NONE, STOP
from services.enrich.phrases.trie import Run, Trie
from services.enrich.phrases.vocabulary import STAR, Vocabulary

WORDS = st.text("ab", min_size=1, max_size=3)
ITEMS = st.builds("{}{}{}".format, st.sampled_from(["", STAR]), WORDS, st.sampled_from(["", STAR]))
RUNS = st.lists(ITEMS, min_size=1, max_size=3).map(tuple)


def is_item(word: str, item: str) -> bool:
    letters = item.strip(STAR)
    match item.startswith(STAR), item.endswith(STAR):
        case True, True:
            return letters in word
        case True, False:
            return word.endswith(letters)
        case False, True:
            return word.startswith(letters)
    return word == letters


@given(
    st.dictionaries(RUNS, st.integers(0, 99), max_size=8),
    st.lists(st.tuples(WORDS, st.sampled_from([NONE, NONE, STOP])), max_size=8),
)
def test_it_finds_what_a_look_at_every_run_finds(
    runs: dict[Run, int], text: list[tuple[str, int]]
) -> None:
    words, before = [word for word, _ in text], [seen for _, seen in text]
    expected = [
        (means, first, first + len(run) - 1)
        for run, means in runs.items()
        for first in range(len(words) - len(run) + 1)
        if STOP not in before[first + 1 : first + len(run)]
        and all(map(is_item, words[first:], run))
    ]
    found = Trie.of(runs).find(words, before)
    assert sorted(found) == sorted(expected)
    assert [last for _, _, last in found] == sorted(last for _, _, last in found)


def test_words_that_no_item_knows_have_no_number() -> None:
    vocabulary = Vocabulary.of(["queue", "qu*", "*ue", "*ee*"])
    assert [
        len(vocabulary.items_of(word)) for word in ("queue", "quay", "xue", "seen", "other")
    ] == [
        *(3, 1, 1, 1, 0),
    ]
