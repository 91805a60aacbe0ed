"""What scoring costs in processor time and in state: ``python -m benchmarks.scoring_speed``.

Posts are made up from a seed, each with snapshots over two days; ``benchmarks.museum_speed`` runs
after it and measures what a museum costs.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from benchmarks import museum_speed
from benchmarks.machine import Machine, describe_machine
from schemas import Author, EngagementSnapshot, ForecastSums
from schemas.codec import encode
from services.enrich.stories import Copy, Stories, copy_of
from services.enrich.viral import (
    Finished,
    Learned,
    Motion,
    describe,
    finished,
    fold,
    sum_finished,
)

RESULT = Path(__file__).parent / "results" / "scoring_speed.json"
START = datetime(2026, 5, 3, tzinfo=UTC)
PLATFORM = "instagram"
WORDS = (
    "oggi visita bellissima mostra bambini ingresso biglietti coda sala quadro statue guide "
    "today lovely afternoon family ticket queue shop paintings gallery entrance rain dinosaurs "
    "journée billet enfants tableau lumière très déçu über großartig Führung Kinder día niños"
).split()
_SNAPSHOTS = 60
_PARTITIONS = 12
_DAYS = 90
_motions = TypeAdapter(Motion)


class Cost(BaseModel):
    """What one kind of step costs, and how much may be."""

    model_config = ConfigDict(frozen=True)

    what: str
    cost: float
    unit: str
    limit: float | None = None

    def line(self) -> str:
        """One row of the table."""
        limit = "" if self.limit is None else f"{self.limit:,.0f} {self.unit}"
        return f"| {self.what} | {self.cost:,.1f} {self.unit} | {limit} |"


class Result(BaseModel):
    """All of one run."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    costs: tuple[Cost, ...]

    def markdown(self) -> str:
        """Write the table."""
        rows = [cost.line() for cost in self.costs]
        return "\n".join(
            (self.machine.sentence(), "", "|  | cost | at most |", "| --- | ---: | ---: |", *rows)
        )


def make_snapshots(posts: int, chance: random.Random) -> list[list[EngagementSnapshot]]:
    """Return the snapshots of posts that grow and saturate, more and more seldom over two days."""
    return [_cascade(n, chance) for n in range(posts)]


def _cascade(n: int, chance: random.Random) -> list[EngagementSnapshot]:
    final, tempo = chance.lognormvariate(4.3, 1.2), chance.uniform(1, 8)
    born = START + timedelta(minutes=n)
    snapshots = []
    for k in range(1, _SNAPSHOTS + 1):
        hours = 48 * (k / _SNAPSHOTS) ** 2.5
        likes = round(final * (1 - math.exp(-hours / tempo)))
        snapshots.append(
            EngagementSnapshot(
                post_id=f"{PLATFORM}:{n}",
                platform=PLATFORM,
                observed_at=born + timedelta(hours=hours),
                method="poll",
                likes=likes,
                replies=likes // 9,
                reposts=likes // 15,
                views=likes * 40,
            )
        )
    return snapshots


def measure(posts: int, seed: int) -> Result:
    """Measure every step; the best of three rounds counts."""
    machine = describe_machine()
    chance = random.Random(seed)
    cascades = make_snapshots(posts, chance)
    taught = _teach(cascades)
    learned = Learned()
    for sums in taught:
        learned.put(sums.key, sums)
    motions = _play(cascades, learned)
    stored = [_motions.dump_json(motion) for motion in motions]
    texts = [" ".join(chance.choices(WORDS, k=25)) for _ in range(posts)]
    copies = _copies(texts)
    snapshots = sum(map(len, cascades))
    ends = [end for motion in motions if (end := finished(motion, PLATFORM)) is not None]
    day = ends[0].day
    return Result(
        machine=machine,
        costs=(
            _cost("a snapshot, with its sentence", snapshots, lambda: _play(cascades, learned), 30),
            _cost(
                "reading a post's state", posts, lambda: [_motions.validate_json(s) for s in stored]
            ),
            _cost(
                "writing a post's state", posts, lambda: [_motions.dump_json(m) for m in motions]
            ),
            _cost("summing up a finished post", posts, lambda: _sum(ends, day, learned)),
            _cost("what 90 days of 12 partitions teach", 1, lambda: _relearn(taught)),
            _cost("the fingerprint of a post", posts, lambda: _copies(texts)),
            _cost("finding a post's story", posts, lambda: Stories(copies)),
            Cost(what="state of a post", cost=max(map(len, stored)), unit="bytes", limit=1024),
            Cost(
                what="what a museum remembers of a post to find copies",
                cost=statistics.mean(len(encode(copy)) for copy in copies),
                unit="bytes",
            ),
        ),
    )


def _play(cascades: Sequence[Sequence[EngagementSnapshot]], learned: Learned) -> list[Motion]:
    motions = []
    for snapshots in cascades:
        motion: Motion | None = None
        born = snapshots[0].observed_at - timedelta(seconds=1)
        for snapshot in snapshots:
            motion, seen = fold(motion, snapshot, born, learned.outlook, snapshot.observed_at)
            if motion is not None and seen is not None:
                describe(motion, seen)
        if motion is not None:
            motions.append(motion)
    return motions


def _teach(cascades: Sequence[Sequence[EngagementSnapshot]]) -> list[ForecastSums]:
    """Return what the same posts teach, spread over all days and partitions before the start."""
    learned = Learned()
    motions = _play(cascades, learned)
    taught = []
    for days in range(2, _DAYS + 2):
        day = START.date() - timedelta(days=days)
        for partition in range(_PARTITIONS):
            posts = [
                Finished(PLATFORM, day, end.looks, end.final)
                for motion in motions[(days * _PARTITIONS + partition) % 50 :: 50]
                if (end := finished(motion, PLATFORM)) is not None
            ]
            taught += sum_finished(posts, day, partition, learned.outlook)
    return taught


def _sum(ends: Sequence[Finished], day: date, learned: Learned) -> None:
    sum_finished(
        [Finished(end.platform, day, end.looks, end.final) for end in ends], day, 0, learned.outlook
    )


def _relearn(sums: Sequence[ForecastSums]) -> None:
    learned = Learned()
    for one in sums:
        learned.put(one.key, one)
    learned.outlook(PLATFORM, START.date())


def _copies(texts: Sequence[str]) -> list[Copy]:
    return [
        copy_of(
            post_id=f"{PLATFORM}:{n}",
            thread=f"{PLATFORM}:{n}",
            platform=PLATFORM,
            at=START,
            text=text,
            links=(),
            author=Author(handle=f"visitor{n}"),
        )
        for n, text in enumerate(texts)
    ]


def _cost(what: str, steps: int, work: Callable[[], object], limit: float | None = None) -> Cost:
    rounds = []
    for _ in range(3):
        started = time.process_time()
        work()
        rounds.append(time.process_time() - started)
    return Cost(what=what, cost=min(rounds) / steps * 1e6, unit="µs", limit=limit)


def main(arguments: Sequence[str]) -> int:
    """Measure and print, then the museums."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scoring_speed", description=__doc__)
    parser.add_argument("--posts", type=int, default=1000, help="how many are made up (1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"keep the result in {RESULT.name}")
    given = parser.parse_args(arguments)
    result = measure(given.posts, given.seed)
    print(result.markdown())
    print(f"\ncost per snapshot: {result.costs[0].cost:.1f} us")
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    print(flush=True)
    return museum_speed.main([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
