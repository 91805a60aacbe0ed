"""How well and how soon viral posts are called: ``python -m benchmarks.virality``.

Real snapshots go through the same functions as in the service, in the order of their times.
Viral is what ends in the top share of all posts of the file; that threshold is never told, only
learned from the posts of the last 90 days that were finished.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine, describe_machine
from benchmarks.result import put_between_markers
from benchmarks.virality_replay import Replay, Sight, read_sights, replay, thin
from benchmarks.virality_truth import Figures, Hour, Said, Truth
from services.common.errors import Fatal
from services.enrich.viral import Learned, Row

EXAMPLES = """examples:
  python -m benchmarks.virality --snapshots front-page.csv.gz
  python -m benchmarks.virality --snapshots front-page.csv.gz --write   result and docs/virality.md

A file has the columns observed_at_unix, post_id, points, comments. Without --snapshots it is
virality/front-page-2020-11-2021-12.csv.gz in the folder that PASSAPAROLA_DATA names.
"""
RESULT = Path(__file__).parent / "results" / "virality.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "virality.md"
_FILE = "virality/front-page-2020-11-2021-12.csv.gz"
_BLANK = (Row(0.0, 1.0, 0.0, 0.5),) * 16
"""A prior that knows nothing: what is there stays. The usual one was measured on such a file."""
_NEW_PLATFORM_EVERY = timedelta(days=30)
_NEW_PLATFORM_LASTS = timedelta(days=28)


class Result(BaseModel):
    """All of one run."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    file: str
    snapshots: int
    viral_from: float
    figures: tuple[Figures, ...]
    calibration: tuple[Said, ...]
    course: tuple[Hour, ...]

    def markdown(self) -> str:
        """Write the tables."""
        head = "|  | posts | viral | called | precision | recall | median delay | before half |"
        rows = [
            f"| {row.what} | {row.posts:,} | {row.viral:,} | {row.called:,} | {row.precision:.3f} "
            f"| {row.recall:.3f} | {row.delay_hours:.2f} h | {row.before_half:.0%} |"
            for row in self.figures
        ]
        said = [
            f"| {row.hours} h | {row.least:.0%} | {row.posts:,} | {row.said:.0%} | {row.true:.0%} |"
            for row in self.calibration
        ]
        return "\n".join(
            (
                self.machine.sentence(),
                "",
                f"{self.file}: {self.snapshots:,} snapshots; viral from {self.viral_from:,.0f}.",
                "",
                head,
                "| --- |" + " ---: |" * 7,
                *rows,
                "",
                "| age | said at least | posts | said on average | came true |",
                "| --- |" + " ---: |" * 4,
                *said,
            )
        )


def measure(path: Path, share: float, seed: int, say: Callable[[str], None]) -> Result:
    """Play the file in every way. Raises ``Fatal`` for a file that cannot be judged."""
    machine = describe_machine()
    sights = read_sights(path)
    if not sights:
        raise Fatal(f"{path} has no snapshots")
    say(f"{len(sights):,} snapshots")
    truth = Truth(sights, share, _points)
    whole = replay(sights, Learned(viral_share=share), comments=False)
    say("the whole file played")
    halved = replay(thin(sights, 0.5, seed), Learned(viral_share=share), comments=False)
    say("half of it played")
    with_comments = replay(sights, Learned(viral_share=share), comments=True)
    say("with comments played")
    new = _new_platforms(sights, share, frozen=True)
    say("new platforms played")
    learning = _new_platforms(sights, share, frozen=False)
    counted = Truth(sights, share, _points_and_comments)
    figures = (
        truth.judge("all snapshots", whole),
        truth.judge("half of the snapshots lost", halved),
        truth.judge("a new platform after 400 finished posts", learning),
        truth.judge("the same, had it learned nothing since", new),
        counted.judge("comments counted too", with_comments),
    )
    if figures[0] is None:
        raise Fatal(f"{path}: too few snapshots to learn from, no viral post was called")
    return Result(
        machine=machine,
        file=path.name,
        snapshots=len(sights),
        viral_from=truth.threshold,
        figures=tuple(row for row in figures if row is not None),
        calibration=truth.calibration(whole),
        course=truth.course(whole, sights),
    )


def _new_platforms(sights: Sequence[Sight], share: float, *, frozen: bool) -> Replay:
    """Begin anew every month, with a prior that knows nothing, and judge from 400 posts on."""
    together = Replay()
    first, last = sights[0].at, sights[-1].at
    while first + _NEW_PLATFORM_LASTS <= last:
        known = {sight.post_id for sight in sights if sight.at < first}
        month = (
            sight
            for sight in sights
            if first <= sight.at < first + _NEW_PLATFORM_LASTS and sight.post_id not in known
        )
        learned = Learned(viral_share=share, prior=_BLANK)
        found = replay(month, learned, comments=False, frozen=frozen)
        together.judged |= found.judged
        together.calls |= found.calls
        first += _NEW_PLATFORM_EVERY
    return together


def _points(sight: Sight) -> float:
    return float(sight.points)


def _points_and_comments(sight: Sight) -> float:
    return sight.points + 2.0 * sight.comments


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.virality",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--snapshots", type=Path, help="a CSV file, plain or gzipped")
    parser.add_argument("--viral-share", type=float, default=0.95, help="viral is above it (0.95)")
    parser.add_argument("--seed", type=int, default=1, help="of the snapshots that get lost (1)")
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    path = given.snapshots
    if path is None:
        folder = os.environ.get("PASSAPAROLA_DATA")
        if folder is None:
            parser.error("no snapshots: give --snapshots FILE, or set PASSAPAROLA_DATA")
        path = Path(folder) / _FILE
    try:
        result = measure(
            path, given.viral_share, given.seed, lambda line: print(line, file=sys.stderr)
        )
    except Fatal as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("virality", result.markdown(), DOCS)
    first = result.figures[0]
    print(
        f"\nprecision: {_share(first.precision)} recall: {_share(first.recall)} "
        f"median delay: {first.delay_hours:.1f} h"
    )
    return 0


def _share(share: float) -> str:
    return f"{share:.2f}".removeprefix("0")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
