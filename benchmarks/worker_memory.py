"""What a worker of enrich holds in memory: ``python -m benchmarks.worker_memory``.

Made-up posts of a month and their museums go through the service's own functions into the real
stores of rows; the resident memory of this process is told after each step.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine, describe_machine
from benchmarks.result import put_between_markers
from benchmarks.scoring_speed import START
from benchmarks.worker import (
    END,
    LEARNED_DAYS,
    MONTH,
    PARTITIONS,
    Worker,
    make_post,
    museum_name,
    records,
    renamed,
)
from services.enrich.post_row import PostRow, encode_row
from services.enrich.sentiment import load_model
from services.enrich.understanding import Reader

RESULT = Path(__file__).parent / "results" / "worker_memory.json"
_WEEK = timedelta(days=7)
"""So long a museum remembers a post's voice."""
_SCORED = 2000
"""So many posts are scored from their records; the others have the same looks."""


class Step(BaseModel):
    """Resident memory of the process after a step, in MB of 2**20 bytes."""

    model_config = ConfigDict(frozen=True)

    what: str
    memory_mb: int


class Result(BaseModel):
    """All of one run. ``voices``: posts of the last week; ``row_bytes``: a post's mean row."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    posts: int
    museums: int
    voices: int
    row_bytes: int
    steps: tuple[Step, ...]

    def markdown(self) -> str:
        """Write the table."""
        rows = [f"| {step.what} | {step.memory_mb:,} MB |" for step in self.steps]
        return "\n".join(
            (
                self.machine.sentence(),
                "",
                f"{self.row_bytes:,} bytes a post's row, {self.voices:,} posts of the last week.",
                "",
                "| after | resident memory |",
                "| --- | ---: |",
                *rows,
            )
        )


async def measure(posts: int, museums: int, seed: int, scored: int = _SCORED) -> Result:
    """Fill a worker and look at its memory after each step."""
    machine, chance, scored = describe_machine(), random.Random(seed), min(scored, posts)
    reader, worker = Reader(load_model()), Worker(museums)
    await worker.own_all()
    await worker.score(records(scored, museums, chance), reader)
    gc.freeze()  # as the service does
    steps = [_step("models and register are read")]
    worker.learn()
    steps.append(_step(f"{LEARNED_DAYS} days of a platform are learned"))
    known = [
        PostRow.model_validate_json(stored)
        for partition in range(PARTITIONS)
        for _, stored in worker.posts.of_partition(partition)
    ]
    for number in range(scored, posts):
        born = START + MONTH * number / posts
        post = make_post(number, museum_name(number % museums), born, chance)
        row = renamed(known[number % len(known)], post)
        worker.posts.put(number % PARTITIONS, post.post_id, encode_row(row))
    del known
    steps.append(_step(f"{posts:,} posts of 31 days have their rows"))
    await worker.count(END - _WEEK)
    for minutes in (0, 5):
        await worker.tick(END + timedelta(minutes=minutes))
    steps.append(_step(f"{museums:,} museums have the voices of a week and have spoken"))
    sizes = [len(row) for _, row in worker.posts.of_partition(0)]
    own = [
        key
        for partition in range(PARTITIONS)
        for key, _ in worker.museums.of_partition(partition)
        if "/" not in key
    ]
    return Result(
        machine=machine,
        posts=worker.posts.count(),
        museums=len(own),
        voices=worker.museums.count() - len(own),
        row_bytes=sum(sizes) // len(sizes),
        steps=tuple(steps),
    )


def _step(what: str) -> Step:
    gc.collect()
    return Step(what=what, memory_mb=round(psutil.Process().memory_info().rss / 2**20))


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker_memory", description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--museums", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    result = asyncio.run(measure(given.posts, given.museums, given.seed))
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("worker_memory", result.markdown())
    print(
        f"\nresident memory with {result.posts:,} posts and {result.museums:,} museums: "
        f"{result.steps[-1].memory_mb:,} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
