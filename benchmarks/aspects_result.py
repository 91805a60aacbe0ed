"""What the understanding of texts came to on labelled posts, as JSON and as tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from benchmarks.machine import Machine
from benchmarks.sentiment_result import align
from benchmarks.urgency_curve import LIMITS, Point

RESULT = Path(__file__).parent / "results" / "aspects.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figures(_Part):
    """Figures of one language. Shares are 0 to 1; ``None`` where nothing was there to measure.

    ``work_not_visit``: of the posts whose text or works read negative but which are not called a
    negative visit, those whose visit is not. ``pairs``: aspect and polarity together.
    """

    language: str
    posts: int
    visit_macro_f1: float
    work_not_visit: float | None
    aspects_f1: float
    pairs_f1: float
    urgency_recall: float | None
    false_alarms: float
    speaker: float


class Retrieval(_Part):
    """How well negative visits are found among real posts."""

    who: str
    precision: float
    recall: float


class Run(_Part):
    """One run on one split; ``bristol`` is empty where its texts are not here."""

    machine: Machine
    split: str
    model: str
    figures: tuple[Figures, ...]
    urgency: tuple[Point, ...]
    bristol: tuple[Retrieval, ...]

    def tables(self) -> str:
        """Write all that was measured."""
        return "\n\n".join((self.table(), self.urgency_table(), self.bristol_table()))

    def table(self) -> str:
        """Write the figures, a row a language."""
        head = (
            self.split,
            "visit macro-F1",
            "work-not-visit",
            "aspects F1",
            "with polarity",
            "urgency recall",
            "false alarms",
            "speaker",
            "posts",
        )
        rows = [
            (
                one.language,
                f"{one.visit_macro_f1:.3f}",
                _share(one.work_not_visit),
                f"{one.aspects_f1:.3f}",
                f"{one.pairs_f1:.3f}",
                _share(one.urgency_recall),
                f"{one.false_alarms:.1%}",
                f"{one.speaker:.3f}",
                f"{one.posts}",
            )
            for one in self.figures
        ]
        return align(head, rows)

    def urgency_table(self) -> str:
        """Write what fewer false alarms cost in recall, over all languages."""
        limits = [f"at most {limit:.0%}" for limit in LIMITS]
        rows = [
            (within, f"{point.confidence:.2f}", f"{point.recall:.3f}", f"{point.false_alarms:.1%}")
            for within, point in zip([*limits, "all that is told"], self.urgency, strict=True)
        ]
        return align(("false alarms", "from a confidence of", "recall", "false alarms"), rows)

    def bristol_table(self) -> str:
        """Write how negative visits were found in the posts of Bristol."""
        if not self.bristol:
            return "The posts of Bristol are not here: set PASSAPAROLA_DATA to their folder."
        rows = [(one.who, f"{one.precision:.3f}", f"{one.recall:.3f}") for one in self.bristol]
        return align(("negative visits, Bristol", "precision", "recall"), rows)


class Runs(RootModel[dict[str, Run]]):
    """The last run of each split."""

    def markdown(self) -> str:
        """Write the tables for docs."""
        return "\n\n".join(
            f"{run.machine.sentence()}\n\n{run.tables()}" for run in self.root.values()
        )


def keep(run: Run, path: Path = RESULT) -> Runs:
    """Put a run beside that of the other split, and return both."""
    before = Runs.model_validate_json(path.read_bytes()).root if path.exists() else {}
    runs = Runs(before | {run.split: run})
    path.write_text(runs.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return runs


def macro_f1(pairs: Sequence[tuple[str, str]], labels: Sequence[str]) -> float:
    """Return the mean over labels of F1, of (true, given) pairs."""
    return sum(_f1_of(pairs, label) for label in labels) / len(labels)


def f1(right: int, wrong: int, missed: int) -> float:
    """Return F1; 0 where nothing was right."""
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def share(flags: Sequence[bool]) -> float | None:
    """Return the share of true ones, or ``None`` of nothing."""
    return sum(flags) / len(flags) if flags else None


def _f1_of(pairs: Sequence[tuple[str, str]], label: str) -> float:
    right = sum(true == given == label for true, given in pairs)
    wrong = sum(given == label != true for true, given in pairs)
    missed = sum(true == label != given for true, given in pairs)
    return f1(right, wrong, missed)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
