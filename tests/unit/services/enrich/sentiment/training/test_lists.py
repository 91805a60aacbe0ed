"""Every listed word can be found in a text, and says one thing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from services.enrich.sentiment.features import Batch, listed
from services.enrich.sentiment.training.lists import FOLDER, read_list, read_lists
from services.enrich.sentiment.training.sources import LANGUAGES
from services.enrich.sentiment.words import spell


def test_each_language_has_its_list() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_listed_word_is_one_word_in_plain_spelling(code: str) -> None:
    words = list(read_list(FOLDER / f"{code}.txt"))
    assert [spell(word).plain.strip() for word in words] == words
    _, owners = listed(Batch.of([spell(word) for word in words]))
    assert owners.tolist() == list(range(len(words)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_word_is_listed_twice(code: str) -> None:
    lines = (FOLDER / f"{code}.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if line[:1] in "+-" for word in line.split()[1:]]
    assert [word for word, count in Counter(words).items() if count > 1] == []


def test_marks_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "xx.txt"
    path.write_text("# Ours.\n\n++ superb\n- slow late\n", encoding="utf-8")
    assert read_list(path) == {"superb": 2, "slow": -1, "late": -1}


def test_other_languages_have_another_list() -> None:
    lists = read_lists(("en", "it", "sv"), "en")
    assert np.array_equal(lists[0], lists[2])
    assert not np.array_equal(lists[0], lists[1])
    assert set(np.unique(lists).tolist()) == {-2, -1, 0, 1, 2}
