"""The labels of real posts: ids and labels alone, and every id is one of a visitor's posts."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from schemas.understanding import Polarity

LABELS = Path(__file__).parents[2] / "data/bristol_visits.jsonl"
SIDES = {*get_args(Polarity), "none"}
POSTS = "bristol-museum-2015-2019.jsonl"


def labels() -> list[dict[str, str]]:
    return [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]


def test_there_are_300_with_ids_and_labels_and_nothing_else() -> None:
    found = labels()
    assert len({one["id"] for one in found}) == len(found) == 300
    assert all(set(one) == {"id", "visit", "work", "draw"} for one in found)
    assert all(one["id"].isdigit() for one in found)
    assert {side for one in found for side in (one["visit"], one["work"])} <= SIDES
    assert Counter(one["draw"] for one in found) == {"random": 200, "dark": 100}


def test_each_is_a_post_by_somebody_else_than_the_museum() -> None:
    texts = Path(os.environ.get("PASSAPAROLA_DATA", "")) / POSTS
    if not texts.is_file():
        pytest.skip(f"no real posts: PASSAPAROLA_DATA does not lead to {POSTS}")
    posts = {post["id"]: post for post in map(json.loads, texts.read_text("utf-8").splitlines())}
    for one in labels():
        assert not posts[one["id"]]["by_museum"]
