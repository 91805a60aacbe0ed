"""What a run over bursts came to, as JSON, as tables for a page, and as a line a figure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from pydantic import BaseModel, ConfigDict

from benchmarks.machine import Machine


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class SeriesRow(_Part):
    """One series: its windows, how many were found, alarms outside them, the raw score."""

    name: str
    windows: int
    found: int
    false: int
    raw: float


class Thinned(_Part):
    """The standard score of all series with so many posts an hour: mean and ends of some draws."""

    per_hour: int
    draws: int
    score: float
    lowest: float
    highest: float


class Labelled(_Part):
    """Labelled series. ``scores`` by profile; ``coverage``: of the usual range, if it was quiet."""

    series: tuple[SeriesRow, ...]
    scores: dict[str, float]
    thinned: tuple[Thinned, ...]
    coverage: float


class Simulated(_Part):
    """Simulated museums, by posts a day: rises called, alarms a week, usual range."""

    museums: int
    weeks: int
    rises: dict[int, float]
    false_alarms: dict[str, dict[int, float]]
    coverage: dict[int, float]


class Result(_Part):
    """All of one run."""

    machine: Machine
    labelled: Labelled | None
    simulated: Simulated | None

    def markdown(self) -> str:
        """Write the tables."""
        parts = [self.machine.sentence()]
        if self.labelled is not None:
            parts += _labelled(self.labelled)
        if self.simulated is not None:
            parts += _simulated(self.simulated)
        return "\n\n".join(parts)

    def lines(self) -> list[str]:
        """Return a line a figure."""
        lines = []
        if (said := self.labelled) is not None:
            lines += [f"{name} score: {score:.1f}" for name, score in said.scores.items()]
            lines += [
                f"standard score, thinned to {one.per_hour} posts/h: {one.score:.1f}"
                for one in said.thinned
            ]
            lines.append(f"usual range coverage outside the windows: {100 * said.coverage:.0f} %")
        if (museums := self.simulated) is not None:
            worst = max(value for row in museums.false_alarms.values() for value in row.values())
            lines += [
                f"slow rises called: {mean(museums.rises.values()):.2f}",
                f"false alarms a week, worst case: {worst:.3f}",
                f"usual range coverage: {100 * mean(museums.coverage.values()):.0f} %",
            ]
        return lines


def _labelled(said: Labelled) -> list[str]:
    rows = [
        (row.name, f"{row.windows}", f"{row.found}", f"{row.false}", f"{row.raw:.2f}")
        for row in said.series
    ]
    scores = [(name, f"{score:.1f}") for name, score in said.scores.items()]
    scores += [
        (
            f"standard, thinned to {one.per_hour} posts/h",
            f"{one.score:.1f} ({one.lowest:.1f} to {one.highest:.1f} in {one.draws} draws)",
        )
        for one in said.thinned
    ]
    return [
        _table(("series", "windows", "found", "false alarms", "raw score"), rows),
        _table(("profile", "score"), scores),
    ]


def _simulated(said: Simulated) -> list[str]:
    volumes = sorted({volume for row in said.false_alarms.values() for volume in row})
    false = [
        (name, *(f"{row[volume]:.3f}" for volume in volumes))
        for name, row in said.false_alarms.items()
    ]
    kinds = [
        (f"{volume:,}", f"{share:.2f}", f"{100 * said.coverage[volume]:.0f} %")
        for volume, share in said.rises.items()
    ]
    return [
        f"False alarms a week, {said.museums} museums of {said.weeks} weeks for each figure:",
        _table(("", *(f"{volume} posts a day" for volume in volumes)), false),
        _table(("posts a day", "slow rises called", "hours inside the usual range"), kinds),
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---" if n == 0 else "---:" for n in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
