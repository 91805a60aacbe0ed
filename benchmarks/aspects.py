"""How well posts of visitors are understood: visit, works, aspects, urgency and who speaks.

On the labelled posts of tests/data/museum_visits, and on the posts of Bristol where their texts
are here (PASSAPAROLA_DATA), with VADER beside it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.aspects_result import Figures, Retrieval, Run, f1, keep, macro_f1, share
from benchmarks.machine import describe_machine
from benchmarks.result import put_between_markers
from benchmarks.urgency_curve import curve
from services.enrich.sentiment import load_model
from services.enrich.understanding import Item, Reader, Understanding

ROOT = Path(__file__).resolve().parents[1]
POSTS = ROOT / "tests" / "data" / "museum_visits"
BRISTOL = ROOT / "tests" / "data" / "bristol_visits.jsonl"
BRISTOL_TEXTS = "bristol-museum-2015-2019.jsonl"
DOCS = ROOT / "docs" / "understanding.md"
LABELS = ("negative", "neutral", "positive")
_VADER_NEGATIVE = -0.05

Post = dict[str, Any]
Read = Sequence[tuple[Post, Understanding]]


def main() -> None:
    """Measure one split, and print a table a language and one of Bristol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("held_out", "development"), default="held_out")
    parser.add_argument(
        "--write", action="store_true", help="the result and docs/understanding.md too"
    )
    given = parser.parse_args()
    machine = describe_machine()
    reader = Reader(load_model())
    posts = [post for post in labelled_posts(POSTS) if post["split"] == given.split]
    read = list(zip(posts, reader.understand([item_of(post) for post in posts]), strict=True))
    languages = sorted({post["lang"] for post in posts})
    figures = [measure(code, [one for one in read if one[0]["lang"] == code]) for code in languages]
    run = Run(
        machine=machine,
        split=given.split,
        model=reader.model,
        figures=(*figures, measure("all", read)),
        urgency=tuple(
            curve(
                (post["urgency"] is not None, found.urgency.confidence if found.urgency else 0.0)
                for post, found in read
            )
        ),
        bristol=tuple(measure_bristol(reader)),
    )
    if given.write:
        put_between_markers("aspects", keep(run).markdown(), DOCS)
    print(f"{reader.model}\n\n{run.tables()}")


def labelled_posts(folder: Path) -> Iterable[Post]:
    """Yield the labelled posts of every language."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def item_of(post: Post) -> Item:
    """Take from a labelled post what a platform would tell; its labels stay behind."""
    author = post.get("author") or {}
    return Item(
        text=post["text"],
        kind=post["kind"],
        handle=author.get("handle"),
        display_name=author.get("display_name"),
        own=post["speaker"] == "museum",  # a museum's own handle is in the register
    )


def measure(language: str, read: Read) -> Figures:
    """Compare what was read with the labels."""
    visits = [(_label(post["visit"]), found.visit.label) for post, found in read]
    dark = [
        post["visit"] != "negative"
        for post, found in read
        if "negative" in (found.sentiment.label, found.work.label)
        and found.visit.label != "negative"
    ]
    urgent = [found.urgency is not None for post, found in read if post["urgency"]]
    calm = [found.urgency is not None for post, found in read if not post["urgency"]]
    labelled = [(set(post["aspects"].items()), aspects(found)) for post, found in read]
    return Figures(
        language=language,
        posts=len(read),
        visit_macro_f1=macro_f1(visits, LABELS),
        work_not_visit=share(dark),
        aspects_f1=_micro_f1(
            [({a for a, _ in true}, {a for a, _ in got}) for true, got in labelled]
        ),
        pairs_f1=_micro_f1(labelled),
        urgency_recall=share(urgent),
        false_alarms=share(calm) or 0.0,
        speaker=share([post["speaker"] == found.speaker.kind for post, found in read]) or 0.0,
    )


def aspects(found: Understanding) -> set[tuple[str, str]]:
    """Return each aspect once with its polarity: the sum of its hits, or the last where even."""
    sums: dict[str, int] = defaultdict(int)
    last: dict[str, str] = {}
    for aspect in found.aspects:
        sums[aspect.aspect] += LABELS.index(aspect.polarity) - 1
        if aspect.polarity != "neutral" or aspect.aspect not in last:
            last[aspect.aspect] = aspect.polarity
    return {
        (name, last[name] if not total else LABELS[1 + (total > 0) - (total < 0)])
        for name, total in sums.items()
    }


def measure_bristol(reader: Reader) -> list[Retrieval]:
    """Find the negative visits among the labelled posts of Bristol, beside VADER."""
    texts = Path(os.environ.get("PASSAPAROLA_DATA", "")) / BRISTOL_TEXTS
    if not os.environ.get("PASSAPAROLA_DATA") or not texts.exists():
        return []
    by_id = {post["id"]: post for post in map(json.loads, texts.open(encoding="utf-8"))}
    labels = [json.loads(line) for line in BRISTOL.read_text(encoding="utf-8").splitlines()]
    labels = [label for label in labels if label["id"] in by_id]
    posts = [by_id[label["id"]]["text"] for label in labels]
    true = [label["visit"] == "negative" for label in labels]
    found = reader.understand([Item(text) for text in posts])
    vader = SentimentIntensityAnalyzer()
    scores = [vader.polarity_scores(text)["compound"] for text in posts]
    return [
        _retrieval(reader.model, true, [one.visit.label == "negative" for one in found]),
        _retrieval("VADER", true, [score <= _VADER_NEGATIVE for score in scores]),
    ]


def _retrieval(who: str, true: Sequence[bool], given: Sequence[bool]) -> Retrieval:
    right = sum(one and other for one, other in zip(true, given, strict=True))
    return Retrieval(
        who=who,
        precision=right / max(1, sum(given)),
        recall=right / max(1, sum(true)),
    )


def _micro_f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    right = wrong = missed = 0
    for true, given in pairs:
        right += len(true & given)
        wrong += len(given - true)
        missed += len(true - given)
    return f1(right, wrong, missed)


def _label(visit: str) -> str:
    return "neutral" if visit == "none" else visit


if __name__ == "__main__":
    main()
