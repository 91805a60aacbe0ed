"""How well a wave of complaints is called: ``python -m benchmarks.negative_share``.

Simulated museums of some posts an hour, beside simpler rules. The days' opinions swing as the
rule supposes, so the figures are kinder than life.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine, describe_machine
from benchmarks.museum_volume import daily_profile
from benchmarks.result import put_between_markers
from services.enrich.unusual.bins import (
    DAY_BINS,
    FULL_WEIGHT,
    HOUR_BINS,
    WINDOW_BINS,
)
from services.enrich.unusual.negative_share import LINE, NegativeShare
from services.enrich.unusual.tails import beta_binomial_tail

RESULT = Path(__file__).parent / "results" / "negative_share.json"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "unusual.md"
USUAL, SWING = 0.12, 0.03
CRISIS_TIMES, CRISIS_PLUS = 3.5, 0.05
_CRISIS_BINS = 6 * HOUR_BINS
_CALLED_WITHIN = 12 * HOUR_BINS
_LEARNING_DAYS = 21
VOLUMES = (1, 3, 10, 30)
"""Judged posts an hour."""


@dataclass(frozen=True)
class Opinions:
    """Judged and negative posts by bin, and the bins at which a crisis begins."""

    judged: list[int]
    negative: list[int]
    crises: tuple[int, ...]


def opinions(
    chance: np.random.Generator, per_hour: float, days: int, *, every_days: int = 0
) -> Opinions:
    """Draw a museum's opinions; with ``every_days``, a crisis of six hours on every such day."""
    spread = 1 / SWING - 1
    share = np.repeat(chance.beta(USUAL * spread, (1 - USUAL) * spread, days), DAY_BINS)
    crises = []
    if every_days:
        for day in range(_LEARNING_DAYS, days - 1, every_days):
            begin = day * DAY_BINS + int(chance.integers(8 * HOUR_BINS, 18 * HOUR_BINS))
            crises.append(begin)
            share[begin : begin + _CRISIS_BINS] = USUAL * CRISIS_TIMES + CRISIS_PLUS
    judged = chance.poisson(np.tile(daily_profile(), days) * per_hour / HOUR_BINS)
    negative = chance.binomial(judged, share)
    return Opinions(judged.tolist(), negative.tolist(), tuple(crises))


Rule = Callable[[int, int, float, float], bool]
"""Whether ``k`` of ``n`` posts are called, where ``mu`` is usual, trusted as so many posts are."""


def raw_share(n: int, k: int, mu: float, trusted: float) -> bool:
    """Call 35 % or more."""
    return n >= 5 and k >= 4 and k / n >= 0.35


def z_test(n: int, k: int, mu: float, trusted: float) -> bool:
    """Call three standard errors."""
    return n >= 5 and k >= 4 and (k - n * mu) / math.sqrt(n * mu * (1 - mu)) >= 3


def binomial(n: int, k: int, mu: float, trusted: float) -> bool:
    """Call what a coin of the usual share gives once in a thousand times."""
    if n < 5 or k < 4 or k <= n * mu:
        return False
    log_odds = math.log(mu / (1 - mu))
    term = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    chance, log_term = 0.0, term + k * log_odds + n * math.log1p(-mu)
    for count in range(k, n + 1):
        chance += math.exp(log_term)
        log_term += math.log((n - count) / (count + 1)) + log_odds if count < n else 0.0
    return chance < 1e-3


def first_look(n: int, k: int, mu: float, trusted: float) -> bool:
    """Call as our rule does, but at the first look beyond the line, whatever the next ones say."""
    if n < 5 or k < 4 or k < 1.5 * mu * n:
        return False
    return beta_binomial_tail(k, n, mu * trusted, (1 - mu) * trusted) <= LINE


def alarms_of(said: Opinions, rules: Mapping[str, Rule | None]) -> dict[str, list[int]]:
    """Return the bins of the alarms of each rule: of simpler ones with the same cool-down, or ours.

    All are told the same of what is usual.
    """
    share = NegativeShare()
    found: dict[str, list[int]] = {name: [] for name in rules}
    calm_from = dict.fromkeys(rules, 0)
    judged = negative = 0
    for place, (now, bad) in enumerate(zip(said.judged, said.negative, strict=True)):
        judged, negative = judged + now, negative + bad
        leaving = place - WINDOW_BINS
        if leaving >= 0:
            judged, negative = judged - said.judged[leaving], negative - said.negative[leaving]
        first = place + 1 - WINDOW_BINS
        old = (said.judged[first], said.negative[first]) if first >= 0 else (0, 0)
        mu, trusted = share.usual()
        opened = share.opened
        share.fold(
            place + 1,
            (FULL_WEIGHT * judged, FULL_WEIGHT * negative),
            (FULL_WEIGHT * old[0], FULL_WEIGHT * old[1]),
        )
        for name, rule in rules.items():
            if rule is None:
                if share.opened != opened:
                    found[name].append(place)
            elif place >= calm_from[name] and rule(judged, negative, mu, trusted):
                found[name].append(place)
                calm_from[name] = place + DAY_BINS
    return found


RULES: dict[str, Rule | None] = {
    "share >= 35 %": raw_share,
    "z-test 3": z_test,
    "binomial p < 1e-3": binomial,
    "beta-binomial p < 10^-2.5, first look": first_look,
    "beta-binomial p < 10^-2.5, half an hour": None,
}


class Figures(BaseModel):
    """False alarms a week in quiet museums, share of crises called, median delay in hours."""

    model_config = ConfigDict(frozen=True)

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
        """Write the table."""
        head = "| judged posts an hour |" + "".join(f" {volume} |" for volume in VOLUMES)
        rows = []
        for rule in RULES:
            cells = (
                f" {one.false_a_week:.2f}, {one.recall:.2f}, {one.delay:.1f} h |"
                for one in self.figures
                if one.rule == rule
            )
            rows.append(f"| {rule} |" + "".join(cells))
        rule_line = "| --- |" + " ---: |" * len(VOLUMES)
        return "\n".join((self.machine.sentence(), "", head, rule_line, *rows))


def measure(per_hour: int, museums: int, weeks: int, seed: int) -> list[Figures]:
    """Measure every rule at one volume."""
    false = dict.fromkeys(RULES, 0)
    delays: dict[str, list[float]] = {name: [] for name in RULES}
    crises = 0
    for number in range(museums):
        chance = np.random.default_rng((seed, per_hour, number))
        quiet = opinions(chance, per_hour, 7 * weeks)
        learned = _LEARNING_DAYS * DAY_BINS
        for name, found in alarms_of(quiet, RULES).items():
            false[name] += sum(place >= learned for place in found)
        said = opinions(chance, per_hour, 7 * weeks, every_days=6)
        crises += len(said.crises)
        for name, found in alarms_of(said, RULES).items():
            for begin in said.crises:
                hits = [place for place in found if begin <= place < begin + _CALLED_WITHIN]
                delays[name] += [(place - begin) / HOUR_BINS for place in hits[:1]]
    return [
        Figures(
            rule=name,
            per_hour=per_hour,
            false_a_week=false[name] / (museums * (weeks - _LEARNING_DAYS / 7)),
            recall=len(delays[name]) / crises,
            delay=median(delays[name]) if delays[name] else math.nan,
        )
        for name in RULES
    ]


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.negative_share", description=__doc__
    )
    parser.add_argument("--museums", type=int, default=6, help="simulated, for each figure (6)")
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the result, in docs/ too")
    given = parser.parse_args(arguments)
    result = Result(
        machine=describe_machine(),
        museums=given.museums,
        weeks=given.weeks,
        figures=tuple(
            row
            for volume in VOLUMES
            for row in measure(volume, given.museums, given.weeks, given.seed)
        ),
    )
    print(result.markdown())
    if given.write:
        RESULT.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        put_between_markers("negative_share", result.markdown(), DOCS)
    print()
    for one in result.figures:
        if RULES[one.rule] is None:
            print(
                f"{one.per_hour} posts/h: false alarms a week: {one.false_a_week:.2f} "
                f"recall: {one.recall:.2f} median delay: {one.delay:.1f} h"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
