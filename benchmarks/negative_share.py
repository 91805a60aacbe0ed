"""How well a wave of complaints is called: ``python -m benchmarks.negative_share``.

Made-up museums of some posts an hour, of two kinds, beside simpler rules. The days' opinions swing
as the rule supposes, so the figures are kinder than life.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine, describe_machine
from benchmarks.negative_shares import Marks, Numbers, follow
from benchmarks.opinions import CALLED_WITHIN, LEARNING_DAYS, Counts, Opinions, restless, steady
from benchmarks.result import put_between_markers
from services.enrich.unusual.bins import DAY_BINS, HOUR_BINS

RESULT = Path(__file__).parent / "results" / "negative_share.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "unusual.md"
VOLUMES = (1, 3, 10, 30)
"""Judged posts an hour."""
STEADY, RESTLESS = "steady museums", "restless museums"
OURS = "ours"
_LEARNED = LEARNING_DAYS * DAY_BINS

Rule = Callable[[Counts, Counts, Numbers], Marks]
"""Where ``bad`` of ``judged`` posts of six hours are called, if ``share`` is usual."""


def raw_share(judged: Counts, bad: Counts, share: Numbers) -> Marks:
    """Call 35 % or more."""
    return _enough(judged, bad) & (bad >= 0.35 * judged)


def z_test(judged: Counts, bad: Counts, share: Numbers) -> Marks:
    """Call three standard errors."""
    deviation = np.sqrt(judged * share * (1 - share))
    return _enough(judged, bad) & (bad - judged * share >= 3 * deviation)


def binomial(judged: Counts, bad: Counts, share: Numbers) -> Marks:
    """Call what a coin of the usual share gives once in a thousand times."""
    found = _enough(judged, bad) & (bad > judged * share)
    for at in zip(*np.nonzero(found), strict=True):
        found[at] = _coins(int(judged[at]), int(bad[at]), float(share[at])) < 1e-3
    return found


def _coins(n: int, k: int, share: float) -> float:
    """Return the chance of ``k`` or more of ``n``."""
    log_odds = math.log(share / (1 - share))
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    term, total = math.exp(ways + k * log_odds + n * math.log1p(-share)), 0.0
    for count in range(k, n + 1):
        total += term
        if term < 1e-6 * total:
            break
        term *= (n - count) / (count + 1) * math.exp(log_odds)
    return total


def _enough(judged: Counts, bad: Counts) -> Marks:
    return (judged >= 5) & (bad >= 4)


SIMPLE: dict[str, Rule] = {
    "share >= 35 %": raw_share,
    "z-test 3": z_test,
    "binomial p < 1e-3": binomial,
}
FIRST_LOOK = "beta-binomial p < 10^-2.5"
RULES = (*SIMPLE, FIRST_LOOK, OURS)
Places = NDArray[np.int64]
"""Bins in order."""


def held(said: Opinions) -> dict[str, list[Places]]:
    """Return by rule and museum the bins at which it holds. Simpler rules look once in an hour.

    All are told the same of what is usual.
    """
    judged, bad = said.windows()
    followed = follow(said)
    hourly = slice(HOUR_BINS - 1, None, HOUR_BINS)
    looks = {
        name: rule(judged[hourly], bad[hourly], followed.usual[hourly])
        for name, rule in SIMPLE.items()
    }
    looks[FIRST_LOOK] = followed.first[hourly]
    found = {
        name: [np.flatnonzero(one) * HOUR_BINS + HOUR_BINS - 1 for one in marks.T]
        for name, marks in looks.items()
    }
    return found | {OURS: [np.flatnonzero(one) for one in followed.holds.T]}


def alarms(places: Places) -> list[int]:
    """Return the bins of the alarms: after each it is quiet for a day."""
    found, next_one = [], 0
    while next_one < len(places):
        found.append(int(places[next_one]))
        next_one = int(np.searchsorted(places, found[-1] + DAY_BINS))
    return found


class Figures(BaseModel):
    """False alarms a week, share of crises called, median delay in hours."""

    model_config = ConfigDict(frozen=True)

    kind: str
    rule: str
    per_hour: int
    false_a_week: float
    recall: float
    delay: float


class Result(BaseModel):
    """All of one run."""

    model_config = ConfigDict(frozen=True)

    machine: Machine
    museums: int
    weeks: int
    figures: tuple[Figures, ...]

    def markdown(self) -> str:
        """Write the tables."""
        lines = [self.machine.sentence()]
        for kind in (RESTLESS, STEADY):
            head = f"| {kind}: judged posts an hour |" + "".join(f" {one} |" for one in VOLUMES)
            lines += ["", head, "| --- |" + " ---: |" * len(VOLUMES)]
            for rule in RULES:
                cells = (
                    f" {one.false_a_week:.2f}, {one.recall:.2f}, {one.delay:.1f} h |"
                    for one in self.figures
                    if (one.kind, one.rule) == (kind, rule)
                )
                lines.append(f"| {rule} |" + "".join(cells))
        return "\n".join(lines)


def measure(kind: str, per_hour: int, museums: int, weeks: int, seed: int) -> list[Figures]:
    """Measure every rule at one volume.

    Of steady museums false alarms are counted where no crisis ever comes, and a crisis is called
    by an alarm. Of restless ones both are counted in the same weeks, and a crisis is called if
    the rule holds, be it in the quiet day after an earlier alarm.
    """
    chance = np.random.default_rng((seed, per_hour, kind == STEADY))
    days, calm = 7 * weeks, None
    if kind == STEADY:
        calm = held(steady(chance, per_hour, museums, days, crises=False))
        said = steady(chance, per_hour, museums, days, crises=True)
    else:
        said = restless(chance, per_hour, museums, days)
    found, crises = held(said), sum(map(len, said.crises))
    figures = []
    for rule in RULES:
        false, delays = 0, []
        for museum, begins in enumerate(said.crises):
            raised = alarms(found[rule][museum])
            calls = np.array(raised) if calm else found[rule][museum]
            alone = alarms(calm[rule][museum]) if calm else raised
            false += sum(at >= _LEARNED and (bool(calm) or not _in_any(at, begins)) for at in alone)
            for begin in begins:
                place = int(np.searchsorted(calls, begin))
                if place < len(calls) and calls[place] < begin + CALLED_WITHIN:
                    delays.append((calls[place] - begin) / HOUR_BINS)
        figures.append(
            Figures(
                kind=kind,
                rule=rule,
                per_hour=per_hour,
                false_a_week=false / (museums * (weeks - LEARNING_DAYS / 7)),
                recall=len(delays) / crises,
                delay=median(delays) if delays else math.nan,
            )
        )
    return figures


def _in_any(at: int, begins: Sequence[int]) -> bool:
    return any(begin <= at < begin + CALLED_WITHIN for begin in begins)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.negative_share", description=__doc__
    )
    parser.add_argument("--museums", type=int, default=60, help="made up, for each figure (60)")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    machine = describe_machine()
    # The longest first, so that no process waits for the other.
    tasks = list(product((STEADY, RESTLESS), sorted(VOLUMES, reverse=True)))
    with ProcessPoolExecutor() as pool:
        parts = [
            pool.submit(measure, *task, given.museums, given.weeks, given.seed) for task in tasks
        ]
        figures = {task: part.result() for task, part in zip(tasks, parts, strict=True)}
    result = Result(
        machine=machine,
        museums=given.museums,
        weeks=given.weeks,
        figures=tuple(row for task in sorted(figures) for row in figures[task]),
    )
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("negative_share", result.markdown(), DOCS)
    print()
    for one in result.figures:
        if one.rule == OURS:
            print(
                f"{one.kind}, {one.per_hour} posts/h: false alarms a week: {one.false_a_week:.3f} "
                f"recall: {one.recall:.3f} median delay: {one.delay:.1f} h"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
