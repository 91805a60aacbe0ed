"""The labelled posts keep the rules of docs/labels.md: form, names, splits and numbers."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from schemas.understanding import Polarity, SpeakerKind, UrgencyKind

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests/data/museum_visits"
TAXONOMY = yaml.safe_load((ROOT / "services/enrich/aspects/taxonomy.yaml").read_text("utf-8"))
ASPECTS = {aspect for family in TAXONOMY.values() for aspect in family}
LANGUAGES = ("it", "en", "fr", "de", "es")
KEYS = "id lang family split text author kind visit work aspects urgency speaker hard".split()
SIDES = {*get_args(Polarity), "none"}
KINDS = {*get_args(UrgencyKind)} - {"unclear"}  # a careful reader can tell
HARD = set(
    "dark_art silence negation irony double_meaning mixed name_clash elsewhere plain_text".split()
)
HOST = re.compile(r"(?<=://)[^/\s]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|it|fr|de|es)\b")


def lines() -> list[tuple[str, dict[str, Any]]]:
    """Every post of every file, after the file's name."""
    return [
        (path.stem, json.loads(line))
        for path in sorted(FOLDER.glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line
    ]


LINES = lines()
POSTS = [post for _, post in LINES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_posts_are_well_formed(language: str) -> None:
    for file, post in LINES:
        if file == language:
            _check(language, post)


def _check(language: str, post: dict[str, Any]) -> None:
    assert list(post) == KEYS
    assert post["lang"] == language
    assert re.fullmatch(rf"{language}-[a-z_]+-\d\d-[a-z]", post["id"])
    assert post["split"] in {"development", "held_out"}
    assert post["text"].strip() == post["text"] != ""
    assert post["author"] is None or set(post["author"]) == {"handle", "display_name"}
    assert post["kind"] in {"post", "review", "comment"}
    assert {post["visit"], post["work"]} <= SIDES
    assert set(post["aspects"]) <= ASPECTS
    assert set(post["aspects"].values()) <= set(get_args(Polarity))
    assert post["urgency"] in {None, *KINDS}
    assert post["speaker"] in get_args(SpeakerKind)
    assert post["hard"] in {None, *HARD}
    for host in HOST.findall(post["text"].lower()):
        assert host == "example.org" or host.endswith(".example.org")


@pytest.mark.parametrize("field", ["id", "text"])
def test_no_two_posts_share(field: str) -> None:
    counts = Counter(post[field] for post in POSTS)
    assert [value for value, count in counts.items() if count > 1] == []


def test_a_family_lies_whole_in_one_split() -> None:
    splits: dict[str, set[str]] = defaultdict(set)
    for post in POSTS:
        splits[post["family"]].add(post["split"])
    assert [family for family, found in splits.items() if len(found) > 1] == []


def test_there_are_enough_posts() -> None:
    assert {post["lang"] for post in POSTS} == set(LANGUAGES)
    assert len(POSTS) >= 600


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_enough_posts_and_a_third_of_them_hard(language: str) -> None:
    posts = [post for post in POSTS if post["lang"] == language]
    assert len(posts) >= 120
    assert 3 * sum(post["hard"] is not None for post in posts) >= len(posts)
    assert {post["hard"] for post in posts} == {None, *HARD}


@pytest.mark.parametrize("split", ["development", "held_out"])
def test_a_split_has_every_label(split: str) -> None:
    posts = [post for post in POSTS if post["split"] == split]
    assert {aspect for post in posts for aspect in post["aspects"]} == ASPECTS
    assert {post["urgency"] for post in posts} == {None, *KINDS}
    assert {post["speaker"] for post in posts} == set(get_args(SpeakerKind))
    assert {post["visit"] for post in posts} == {post["work"] for post in posts} == SIDES
