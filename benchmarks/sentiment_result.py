"""What a run of the sentiment benchmark came to, as JSON, on the terminal and in docs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from benchmarks.machine import Machine
from services.enrich.sentiment.table import LABELS

RESULT = Path(__file__).parent / "results" / "sentiment.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Language(_Part):
    """Figures of one language. ``confusion``: texts by true label (row) and label given."""

    code: str
    texts: int
    macro_f1: float
    vader_macro_f1: float
    calibration_error: float
    abstained: float
    confusion: tuple[tuple[int, ...], ...]


class Run(_Part):
    """One run. ``how``: which model on which texts. ``dropped``: near-duplicates left out."""

    machine: Machine
    how: str
    model: str
    dropped: int
    seen: bool
    posts_per_second: float
    languages: tuple[Language, ...]

    @property
    def average(self) -> float:
        """Macro-F1, the mean of the languages."""
        return sum(one.macro_f1 for one in self.languages) / len(self.languages)

    def table(self) -> str:
        """Write the figures, a row a language."""
        average = sum(one.vader_macro_f1 for one in self.languages) / len(self.languages)
        rows = [
            (
                one.code,
                f"{one.macro_f1:.1f}",
                f"{one.vader_macro_f1:.1f}",
                f"{one.calibration_error:.3f}",
                f"{one.abstained:.1%}",
                f"{one.texts:,}",
            )
            for one in self.languages
        ]
        rows.append(
            (
                "average",
                f"{self.average:.1f}",
                f"{average:.1f}",
                f"{sum(o.calibration_error for o in self.languages) / len(self.languages):.3f}",
                f"{sum(o.abstained for o in self.languages) / len(self.languages):.1%}",
                f"{sum(one.texts for one in self.languages):,}",
            )
        )
        head = ("", "macro-F1", "VADER's", "calibration error", "would abstain", "texts")
        return align(head, rows)

    def confusions(self) -> str:
        """Write of 100 texts of each true label how many are given which, a row each."""
        rows = [
            (one.code, LABELS[at], *(f"{100 * count / max(sum(row), 1):.0f}" for count in row))
            for one in self.languages
            for at, row in enumerate(one.confusion)
        ]
        return align(("", "100 that are", *(f"told {label}" for label in LABELS)), rows)


class Runs(RootModel[dict[str, Run]]):
    """The last run of each kind."""

    def markdown(self) -> str:
        """Write the tables for docs; what is taken for what, of the run with the most texts."""
        parts = [
            f"**{run.how}**, {run.dropped:,} near-duplicates left out. {run.machine.sentence()}"
            f"\n\n{run.table()}"
            for run in self.root.values()
        ]
        unseen = [run for run in self.root.values() if not run.seen]
        if unseen:
            measured = max(unseen, key=lambda run: sum(one.texts for one in run.languages))
            parts.append(f"What is taken for what ({measured.how}):\n\n{measured.confusions()}")
        return "\n\n".join(parts)


def keep(kind: str, run: Run, path: Path = RESULT) -> Runs:
    """Put a run beside those of other kinds, and return them all."""
    before = Runs.model_validate_json(path.read_bytes()).root if path.exists() else {}
    runs = Runs(before | {kind: run})
    path.write_text(runs.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return runs


def align(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table that reads well as text and as Markdown."""
    widths = [max(3, *(len(row[at]) for row in (head, *rows))) for at in range(len(head))]
    rule = ["-" * width if at == 0 else "-" * (width - 1) + ":" for at, width in enumerate(widths)]
    return "\n".join(
        "| "
        + " | ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in (head, rule, *rows)
    )
