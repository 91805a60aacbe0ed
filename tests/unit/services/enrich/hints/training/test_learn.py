from __future__ import annotations

import json
from pathlib import Path

from services.enrich.hints.table import read_hints
from services.enrich.hints.training.learn import Example, learn, read_examples

POSTS = Path(__file__).parents[5] / "data" / "museum_visits"
BAD, NEITHER, GOOD = 0, 1, 2


def examples(**words: int) -> list[Example]:
    return [Example(frozenset({word}), label) for word, label in words.items() for _ in range(5)]


def test_words_lean_to_the_visits_that_they_were_said_of() -> None:
    hints = learn(examples(queue=BAD, opens=NEITHER, lovely=GOOD))
    assert hints["queue"][0] > 0 > hints["queue"][1] - hints["queue"][0]
    assert hints["lovely"][1] > 0 > hints["lovely"][0] - hints["lovely"][1]
    assert max(hints["opens"]) < 0


def test_a_word_of_few_posts_hints_at_nothing() -> None:
    rare = [Example(frozenset({"once"}), BAD)] * 2
    assert "once" not in learn([*examples(queue=BAD, opens=NEITHER, lovely=GOOD), *rare])


def test_what_is_held_out_is_not_read(tmp_path: Path) -> None:
    post = {"lang": "en", "text": "Lovely", "kind": "post", "visit": "positive"}
    lines = [post | {"split": "development"}, post | {"split": "held_out", "text": "Unseen"}]
    (tmp_path / "en.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_examples(tmp_path) == [Example(frozenset({"lovely", ":post"}), GOOD)]


def test_the_table_is_what_the_labelled_posts_teach() -> None:
    learned, shipped = learn(read_examples(POSTS)), read_hints()
    for word in learned.keys() | shipped.keys():  # a step apart: sums differ by machine
        for one, other in zip(learned.get(word, (0, 0)), shipped.get(word, (0, 0)), strict=True):
            assert abs(one - other) <= 1, f"{word}: run `make hints` and commit"
