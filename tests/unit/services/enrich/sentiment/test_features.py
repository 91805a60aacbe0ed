"""N-grams and style of a text are the same alone and among others, and are what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.sentiment.features import (
    BUCKETS,
    KNOWN,
    STYLES,
    Batch,
    emoji,
    emoji_moods,
    gaps,
    grams,
    list_sums,
    listed,
    styles,
)
from services.enrich.sentiment.words import spell

TEXTS = st.lists(st.text(max_size=30), min_size=1, max_size=6)


def batch(texts: Sequence[str]) -> Batch:
    return Batch.of([spell(text) for text in texts])


def by_text(texts: Sequence[str]) -> list[Counter[int]]:
    one = batch(texts)
    counts: list[Counter[int]] = [Counter() for _ in texts]
    buckets, owners = grams(one)
    for owner, bucket in zip(owners.tolist(), buckets.tolist(), strict=True):
        counts[owner][bucket] += 1
    return counts


@given(TEXTS)
def test_a_text_has_the_same_ngrams_alone(texts: list[str]) -> None:
    assert by_text(texts) == [by_text([text])[0] for text in texts]


@given(TEXTS)
def test_and_the_same_style(texts: list[str]) -> None:
    alone = np.concatenate([styles(batch([text])) for text in texts])
    assert np.array_equal(styles(batch(texts)), alone)


def test_ngrams_of_characters_words_and_pairs() -> None:
    # " ab cd " has 7 characters: 7 + 6 + 5 + 4 + 3 n-grams, two words and a pair.
    assert sum(by_text(["ab cd"])[0].values()) == 25 + 2 + 1


def test_the_place_of_a_letter_in_its_word_counts() -> None:
    first, second = by_text(["ab ba", "ba ab"])
    assert first != second


def test_no_ngram_reaches_into_the_next_text() -> None:
    assert by_text(["a", "b"])[1] == by_text(["zz zz", "b"])[1]


def test_styles_count() -> None:
    row = styles(batch(['@user WOW!! "so" nice: 12 ... #a https://example.org']))[0]
    told = dict(zip(STYLES, np.round(np.expm1(row)).tolist(), strict=True))
    assert told["links"] == told["accounts"] == told["shouts"] == told["#"] == 1
    assert told["!"] == told["digits"] == 2
    assert told["words"] == 8
    assert dict(zip(STYLES, row.tolist(), strict=True))["starts with an account"] == 1
    assert row[-1] == row[-3] == row[-4] == row[-5] == 1


def test_emoji_speak_for_the_text_that_they_stand_in() -> None:
    moods = np.zeros(KNOWN, np.int16)
    moods[ord("😀")], moods[ord("😡")] = 16, -32
    one = batch(["😀😀 fine", "nothing", "😡", "\U0002f800"])
    said = emoji_moods(emoji(one), 4, moods)
    assert np.allclose(np.expm1(said), [[2, 0], [0, 0], [0, 2], [0, 0]])


def test_lists_speak_in_their_language_and_only_of_whole_words() -> None:
    lists = np.zeros((2, BUCKETS), np.int8)
    lists[1, listed(batch(["fine", "awful"]))[0]] = 1, -2
    one = batch(["Fine, fine! #awful", "finest unlawful", "", "fine"])
    said = list_sums(listed(one), np.array([1, 1, 1, 0]), lists)
    assert np.allclose(np.expm1(said[:, :2]), [[2, 2], [0, 0], [0, 0], [0, 0]])
    assert said[:, 2].tolist() == [0, 0, 0, 0]
    assert list_sums(listed(batch(["so fine"])), np.array([1]), lists)[0, 2] == 0.5


def test_gaps_stand_around_the_words_of_the_plain_text() -> None:
    one = batch(["#MuseumNight is fun!", "", "ok GO"])
    before, after = gaps(one)
    text = "".join(spelling.plain for spelling in one.spellings)
    found = [text[start + 1 : end] for start, end in zip(before, after, strict=True)]
    assert found == ["#museumnight museum night", "is", "fun!", "ok", "go"]
    assert one.counts.tolist() == [3, 0, 2]


def test_of_words_cut_off_the_gaps_are_the_last_of_the_text() -> None:
    one = batch(["short", "\ufdfa " * 500, "after"])
    before, after = gaps(one)
    first, end = one.bounds[1:3].tolist()
    inside = slice(1, 501)
    assert before[inside].min() == first
    assert before[inside].max() == end - 2
    assert after[inside].max() == end - 1
    assert (before[501], after[501]) == (end, end + 6)
