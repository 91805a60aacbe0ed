"""A day as a folder: ``posts.jsonl``, ``museums.yaml`` and ``truth.json``, written and read.

It checks that a day fits together, and leaves it to ingest to say which lines are good.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from demo.day.truth import Truth
from schemas import Museum, explain
from services.ingest.register_file import RegisterRefused, read_register

POSTS = "posts.jsonl"
MUSEUMS = "museums.yaml"
TRUTH = "truth.json"


class DayError(ValueError):
    """A folder is no day; the message says what is wrong and where."""


@dataclass(frozen=True)
class Day:
    """A day that can be played and judged."""

    posts: bytes
    """The lines, each with its line feed."""
    register: bytes
    """``museums.yaml`` as it was written."""
    museums: tuple[Museum, ...]
    truth: Truth

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """What readable posts say, by each id that they name as their own or their thread's."""
        found: dict[str, list[str]] = defaultdict(list)
        for line in self.posts.splitlines():
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and event.get("type", "post") == "post":
                for name in ("post_id", "thread_root"):
                    if isinstance(event.get(name), str):
                        found[event[name]].append(str(event.get("text", "")))
        return {story_id: tuple(texts) for story_id, texts in found.items()}


def write_day(day: Day, folder: Path) -> None:
    """Write the three files; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / POSTS).write_bytes(day.posts)
    (folder / MUSEUMS).write_bytes(day.register)
    text = day.truth.model_dump_json(indent=2, exclude_none=True)
    (folder / TRUTH).write_text(text + "\n", encoding="utf-8")


def read_day(folder: Path) -> Day:
    """Read anybody's day. Raises ``DayError`` if a file is missing or does not fit the others."""
    register = _bytes(folder / MUSEUMS)
    posts = _bytes(folder / POSTS)
    museums = _read_museums(folder / MUSEUMS)
    truth = _read_truth(folder / TRUTH)
    day = Day(posts=posts, register=register, museums=museums, truth=truth)
    _check(day, folder / TRUTH)
    return day


def _read_truth(path: Path) -> Truth:
    try:
        return Truth.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise DayError(f"{path}: {explain(error)}") from None


def _read_museums(path: Path) -> tuple[Museum, ...]:
    """Read a register as it will be put in force."""
    try:
        return tuple(read_register(path))
    except RegisterRefused as error:
        raise DayError(str(error)) from None


def _check(day: Day, path: Path) -> None:
    truth = day.truth
    known = {museum.museum_id for museum in day.museums}
    due = {(fact.museum_id, fact.story_id) for fact in truth.expected}
    for museum_id, story_id in sorted(due):
        if museum_id not in known:
            raise DayError(f"{path}: {museum_id} is expected to be told, but is not in {MUSEUMS}")
        if story_id not in day.texts:
            raise DayError(
                f"{path}: {story_id} is expected, but no line of {POSTS} has it as its post_id "
                "or thread_root"
            )
    if len(due) != len(truth.expected):
        raise DayError(f"{path}: a museum and a story are expected twice; a story tells once")
    for fact in truth.struck:
        if (fact.museum_id, fact.story_id) not in due:
            raise DayError(
                f"{path}: {fact.story_id} is to be struck at {fact.museum_id}, but not expected"
            )
    for story_id in {fact.story_id for fact in truth.forbidden} & {story_id for _, story_id in due}:
        raise DayError(f"{path}: {story_id} is both expected and forbidden")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DayError(
            f"{path}: {error.strerror}; a day is a folder with {POSTS}, {MUSEUMS} and {TRUTH}"
        ) from None
