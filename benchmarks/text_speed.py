"""How many posts a second are understood on one core, and what memory it takes.

The posts are the labelled ones of tests/data/museum_visits, their texts alone, repeated.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

from benchmarks.aspects import POSTS, item_of, labelled_posts
from benchmarks.machine import describe_machine
from benchmarks.result import put_between_markers
from benchmarks.sentiment_result import align

RESULT = Path(__file__).parent / "results" / "text_speed.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_ROUNDS = 5
_BATCH = 256

T = TypeVar("T")


def main() -> None:
    """Measure the sentiment alone and everything, in batches and one by one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=2_560)
    parser.add_argument(
        "--write", action="store_true", help="the result and docs/benchmarks.md too"
    )
    given = parser.parse_args()
    machine = describe_machine()
    items = [item_of(post) for post in labelled_posts(POSTS)]
    items = random.Random(1).choices(items, k=given.posts)
    gc.collect()
    before = psutil.Process().memory_info().rss
    # What reads texts is loaded here, so that its memory is counted.
    from services.enrich.language import detect_language
    from services.enrich.reading import Text
    from services.enrich.sentiment import load_model
    from services.enrich.understanding import Reader

    reader = Reader(model := load_model())
    for at in range(0, len(items), _BATCH):
        reader.understand(items[at : at + _BATCH])
    gc.collect()
    gc.freeze()  # as the service does
    memory = (psutil.Process().memory_info().rss - before) / 2**20
    texts = [Text(item.text, detect_language(item.text, None).code) for item in items]
    rates = {
        f"sentiment alone, batches of {_BATCH}": _rate(model.read, texts, _BATCH),
        f"everything, batches of {_BATCH}": _rate(reader.understand, items, _BATCH),
        "everything, one by one": _rate(reader.understand, items, 1),
    }
    characters = sum(len(item.text) for item in items) / len(items)
    table = align(("", "posts/s"), [(name, f"{rate:,.0f}") for name, rate in rates.items()])
    told = (
        f"{machine.sentence()} {characters:.0f} characters a post.\n\n{table}\n\n"
        f"Memory added to a process: {memory:.0f} MB."
    )
    print(told)
    if given.write:
        put_between_markers("text_speed", told, DOCS)
        result = {"machine": machine.model_dump(mode="json"), "posts_per_second": rates}
        RESULT.write_text(json.dumps(result | {"memory_mb": round(memory)}, indent=2) + "\n")


def _rate(read: Callable[[Sequence[T]], object], given: Sequence[T], batch: int) -> float:
    """Return items a second of processor time; the best of some rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        for at in range(0, len(given), batch):
            read(given[at : at + batch])
        rounds.append(time.process_time() - started)
    return len(given) / min(rounds)


if __name__ == "__main__":
    main()
