"""A day as a folder: ``posts.jsonl``, ``museums.yaml`` and ``truth.json``, written and read.

It checks that a day fits together, and leaves it to ingest to say which lines are good.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from demo.day.truth import Truth
from schemas import Museum, explain, forbid_extra

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
    museums = read_museums(register, folder / MUSEUMS)
    truth = read_truth(folder / TRUTH)
    _check(truth, museums, posts, folder / TRUTH)
    return Day(posts=posts, register=register, museums=museums, truth=truth)


def read_truth(path: Path) -> Truth:
    """Read a truth. Raises ``DayError`` if it is none."""
    try:
        return Truth.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise DayError(f"{path}: {explain(error)}") from None


def read_museums(register: bytes, path: Path) -> tuple[Museum, ...]:
    """Read a register of museums. Raises ``DayError`` if it is none."""
    try:
        records = yaml.safe_load(register)["museums"]
        museums = tuple(forbid_extra(Museum, record) for record in records)
    except ValidationError as error:
        raise DayError(f"{path}: {explain(error)}") from None
    except yaml.YAMLError as error:
        raise DayError(f"{path}: not YAML: {error}") from None
    except (TypeError, KeyError):
        raise DayError(f"{path}: expected a list under 'museums:'") from None
    return museums


def _check(truth: Truth, museums: tuple[Museum, ...], posts: bytes, path: Path) -> None:
    known = {museum.museum_id for museum in museums}
    stories = _stories(posts)
    due = {(fact.museum_id, fact.story_id) for fact in truth.expected}
    for museum_id, story_id in sorted(due):
        if museum_id not in known:
            raise DayError(f"{path}: {museum_id} is expected to be told, but is not in {MUSEUMS}")
        if story_id not in stories:
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


def _stories(posts: bytes) -> set[str]:
    """Every id that a readable post names as itself or as its thread's root."""
    found: set[str] = set()
    for line in posts.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("type", "post") == "post":
            found |= {
                event[name]
                for name in ("post_id", "thread_root")
                if isinstance(event.get(name), str)
            }
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DayError(
            f"{path}: {error.strerror}; a day is a folder with {POSTS}, {MUSEUMS} and {TRUTH}"
        ) from None
