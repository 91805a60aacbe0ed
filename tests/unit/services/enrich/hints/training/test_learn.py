from __future__ import annotations

import json
from pathlib import Path

from services.enrich.hints.table import read_hints
from services.enrich.hints.training.learn import Example, learn, read_examples, unlearned_alarms

POSTS = Path(__file__).parents[5] / "data" / "museum_visits"
BAD, NEITHER, GOOD = 0, 1, 2


def examples(**words: int) -> list[Example]:
    """Five posts of each word; what is bad is urgent too."""
    return [
        Example(frozenset({word, ":post"}), visit, visit == BAD, f"{word}-{number}")
        for word, visit in words.items()
        for number in range(5)
    ]


def test_words_lean_to_the_visits_that_they_were_said_of() -> None:
    hints = learn(examples(queue=BAD, opens=NEITHER, lovely=GOOD))
    assert hints["queue"][0] > 0 > hints["queue"][1] - hints["queue"][0]
    assert hints["lovely"][1] > 0 > hints["lovely"][0] - hints["lovely"][1]
    assert max(hints["opens"][:2]) < 0


def test_words_alarm_that_were_said_of_dangers() -> None:
    hints = learn(examples(smoke=BAD, opens=NEITHER, lovely=GOOD))
    kind = hints[":post"][2]
    assert hints["smoke"][2] + kind > 0 > hints["opens"][2] + kind


def test_no_post_is_judged_by_its_own_family() -> None:
    same = Example(frozenset({"once", ":post"}), BAD, True, "once")
    alarms = unlearned_alarms([*examples(smoke=BAD, opens=NEITHER), *[same] * 5])
    smoke, opens, once = alarms[:5], alarms[5:10], alarms[10:]
    assert smoke.min() > once.max() > opens.max()


def test_a_word_of_few_posts_hints_at_nothing() -> None:
    rare = [Example(frozenset({"once", ":post"}), BAD, True, "rare")] * 2
    assert "once" not in learn([*examples(queue=BAD, opens=NEITHER, lovely=GOOD), *rare])


def test_what_is_held_out_is_not_read(tmp_path: Path) -> None:
    post = {
        "lang": "en",
        "text": "Lovely",
        "kind": "post",
        "visit": "positive",
        "urgency": None,
        "family": "praise",
    }
    lines = [post | {"split": "development"}, post | {"split": "held_out", "text": "Unseen"}]
    (tmp_path / "en.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_examples(tmp_path) == [
        Example(frozenset({"lovely", ":post"}), GOOD, False, "praise")
    ]


def test_the_table_is_what_the_labelled_posts_teach() -> None:
    learned, shipped = learn(read_examples(POSTS)), read_hints()
    for word in learned.keys() | shipped.keys():  # a step apart: sums differ by machine
        hint, known = learned.get(word, (0, 0, 0)), shipped.get(word, (0, 0, 0))
        for one, other in zip(hint, known, strict=True):
            assert abs(one - other) <= 1, f"{word}: run `make hints` and commit"
