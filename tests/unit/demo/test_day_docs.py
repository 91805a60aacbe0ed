"""The example of docs/demo.md is a day: the files that it shows can be read and judged."""

from __future__ import annotations

import json
import re
from pathlib import Path

from demo.day import Day, read_day
from demo.day.stories import STORIES
from schemas import Counters, Post

DOCS = Path(__file__).parents[3] / "docs" / "demo.md"
_FILE = re.compile(r"^`([a-z.]+)`\n\n```[a-z]+\n(.*?)```$", re.MULTILINE | re.DOTALL)


def example(folder: Path) -> Day:
    files = dict(_FILE.findall(DOCS.read_text(encoding="utf-8")))
    assert files.keys() == {"museums.yaml", "posts.jsonl", "truth.json"}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_day(folder)


def test_the_example_is_a_day(tmp_path: Path) -> None:
    day = example(tmp_path)
    assert [museum.museum_id for museum in day.museums] == ["louvre"]
    assert [fact.story_id for fact in day.truth.expected] == ["mastodon:1"]
    assert day.truth.channels == ("slack", "email")


def test_the_lines_of_the_example_fit_together(tmp_path: Path) -> None:
    day = example(tmp_path)
    lines = [json.loads(line) for line in day.posts.splitlines()]
    texts = {line["post_id"]: line["text"] for line in lines if "text" in line}
    times = [line.get("observed_at", line.get("created_at")) for line in lines]
    assert times == sorted(times)
    assert {line.get("type", "post") for line in lines} == {"post", "engagement", "removal"}
    for line in lines:
        counters = {"likes", "replies"}
        known = Post.model_fields.keys() | Counters.model_fields.keys() | {"type"}
        assert line.keys() <= known | counters
    (struck,) = day.truth.struck
    assert struck.gone in texts[struck.story_id]


def test_the_table_of_stories_forgets_none() -> None:
    """A story that is added to the day is added to the page: there is at least a row for each."""
    text = DOCS.read_text(encoding="utf-8")
    rows = text.partition("| story | what must come of it |")[2].splitlines()
    assert sum(row.startswith("| ") for row in rows) >= len(STORIES)
