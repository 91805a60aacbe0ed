"""How well sentiment is told, language by language, with VADER beside it on the same texts."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.machine import Machine, describe_machine
from benchmarks.result import put_between_markers
from benchmarks.sentiment_result import Language, Run, keep
from cli.model import training_progress
from schemas import Sentiment
from services.common.errors import Fatal
from services.enrich.reading import SentimentModel, Text
from services.enrich.sentiment import load_model
from services.enrich.sentiment.evaluation import by_language, confusion, judge, macro_f1
from services.enrich.sentiment.training.duplicates import near_duplicates
from services.enrich.sentiment.training.sources import Row, read_benchmark, read_externals

DATA = "PASSAPAROLA_DATA"
DOCS = Path(__file__).resolve().parents[1] / "docs" / "sentiment.md"
USAGE = """
  python -m benchmarks.sentiment --data DIR --split test               the shipped model
  python -m benchmarks.sentiment --data DIR --split val --fit train    one fitted on train alone
  python -m benchmarks.sentiment --data DIR --cross-validate           fitted five times on four
                                                                       fifths of train and val
"""
_LEARNED = ("train", "val")
_SEED = 1
_NEUTRAL_WITHIN = 0.05


def main() -> None:
    """Measure, and print a table a language; the last line is the average."""
    given = _arguments()
    machine = describe_machine()
    try:
        run = _run(given, machine)
    except Fatal as error:
        sys.exit(f"error: {error}")
    if given.write:
        kind = "cross-validation" if given.cross_validate else f"{given.split}, {given.fit}"
        put_between_markers("sentiment", keep(kind, run).markdown(), DOCS)
    print(f"\n{run.confusions()}\n")
    print(f"{run.model}: {run.how}; {run.posts_per_second:,.0f} posts/s on one core\n")
    print(run.table())
    print(f"average macro-F1: {run.average:.1f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="a folder of umsab_<language>.<split>.tsv.gz"
    )
    parser.add_argument("--split", help="which of them to judge: test, val, ...")
    parser.add_argument("--fit", metavar="SPLIT", help="fit a model on this split of DIR first")
    parser.add_argument("--cross-validate", action="store_true", help="on train and val of DIR")
    parser.add_argument("--write", action="store_true", help="the result and docs/sentiment.md too")
    given = parser.parse_args()
    if bool(given.split) == given.cross_validate:
        parser.error("name a --split, or --cross-validate")
    return given


def _run(given: argparse.Namespace, machine: Machine) -> Run:
    if given.cross_validate:
        return _cross_validate(given.data, machine)
    rows = read_benchmark(given.data, given.split)
    if given.fit:
        return _fit(given.data, given.fit, given.split, rows, machine)
    return _shipped(given.data, given.split, rows, machine)


def _shipped(folder: Path, split: str, rows: list[Row], machine: Machine) -> Run:
    model = load_model()
    how = f"the shipped model on {split}"
    learned = _learned(folder)
    if not learned:
        print(
            f"Leak check: not made. The texts that the shipped model has learned from are not "
            f"here: set {DATA} to the folder that holds them."
        )
        return _summary(how, model, rows, judge(model, rows), 0, machine)
    _, known = near_duplicates([row.text for row in learned], [row.text for row in rows])
    count = sum(known)
    print(f"Leak check: {count:,} of {len(rows):,} texts are near-duplicates of training texts.")
    if 2 * count > len(rows):
        print(
            f"SEEN IN TRAINING: the shipped model has learned from {split}; these figures tell "
            "how well it remembers, not how well it judges. Use --fit train or --cross-validate."
        )
        return _summary(f"{how}, SEEN IN TRAINING", model, rows, judge(model, rows), 0, machine)
    judged = judge(model, rows)
    whole = by_language(rows, judged).values()
    print(f"With them: average macro-F1 {sum(one.macro_f1 for one in whole) / len(whole):.1f}.")
    kept = [at for at, seen in enumerate(known) if not seen]
    return _summary(
        how, model, [rows[at] for at in kept], [judged[at] for at in kept], count, machine
    )


def _learned(folder: Path) -> list[Row]:
    """Return the texts of training, if they are here: in the data folder, or beside the split."""
    homes = [Path(os.environ[DATA]) / "sentiment"] if os.environ.get(DATA) else []
    for home in (*homes, folder):
        try:
            rows = [row for split in _LEARNED for row in read_benchmark(home, split)]
            return rows + read_externals(home)
        except Fatal:
            continue
    return []


def _fit(folder: Path, fitted: str, split: str, rows: list[Row], machine: Machine) -> Run:
    from services.enrich.sentiment.model import TableModel
    from services.enrich.sentiment.training.corpus import read_corpus
    from services.enrich.sentiment.training.fit import fit
    from services.enrich.sentiment.training.sources import TABLES

    own = read_benchmark(folder, fitted)
    known, _ = near_duplicates([row.text for row in own], [row.text for row in rows])
    chosen = np.array([not seen for seen in known] + [False] * len(rows))
    with training_progress() as progress:
        corpus = read_corpus(folder, [*own, *rows], _SEED, progress)
        model = TableModel(
            f"fitted on {fitted}", TABLES, fit(corpus, chosen, _SEED, progress).weights
        )
    dropped = sum(known) + sum(corpus.dropped.values())
    print(
        f"Leak check: left out of training: {sum(known):,} near-duplicates of {split} in "
        f"{fitted}, and {sum(corpus.dropped.values()):,} of both in other sources."
    )
    how = f"fitted on {fitted}, judged on {split}"
    return _summary(how, model, rows, judge(model, rows), dropped, machine)


def _cross_validate(folder: Path, machine: Machine) -> Run:
    from services.enrich.sentiment.training.corpus import read_corpus
    from services.enrich.sentiment.training.fit import fit
    from services.enrich.sentiment.training.train import judge_held_out

    rows = [row for split in _LEARNED for row in read_benchmark(folder, split)]
    with training_progress() as progress:
        corpus = read_corpus(folder, rows, _SEED, progress)
        judged = judge_held_out(fit(corpus, np.ones(len(rows), bool), _SEED, progress))
    dropped = sum(corpus.dropped.values())
    print(
        f"Leak check: left out of training: {dropped:,} near-duplicates in other sources; those "
        "among the texts themselves are in one fold."
    )
    how = "cross-validation in five folds of train and val"
    return _summary(how, load_model(), corpus.rows, judged, dropped, machine)


def _summary(
    how: str,
    model: SentimentModel,
    rows: Sequence[Row],
    judged: Sequence[Sentiment],
    dropped: int,
    machine: Machine,
) -> Run:
    vader = SentimentIntensityAnalyzer()
    languages = []
    for code, found in by_language(rows, judged).items():
        own = [row for row in rows if row.language == code]
        languages.append(
            Language(
                code=code,
                texts=found.rows,
                macro_f1=round(found.macro_f1, 2),
                vader_macro_f1=round(_vader(vader, own), 2),
                calibration_error=round(found.calibration_error, 4),
                abstained=round(found.abstained, 4),
                confusion=tuple(map(tuple, found.confusion.tolist())),
            )
        )
    return Run(
        machine=machine,
        how=how,
        model=model.name,
        dropped=dropped,
        seen="SEEN" in how,
        posts_per_second=round(_speed(model, rows)),
        languages=tuple(languages),
    )


def _vader(analyzer: SentimentIntensityAnalyzer, rows: Sequence[Row]) -> float:
    """Return VADER's macro-F1 with its authors' thresholds, on texts as they are."""
    given = []
    for row in rows:
        compound = analyzer.polarity_scores(row.text)["compound"]
        given.append(1 + (compound >= _NEUTRAL_WITHIN) - (compound <= -_NEUTRAL_WITHIN))
    return macro_f1(confusion(np.array([row.label for row in rows]), np.array(given)))


def _speed(model: SentimentModel, rows: Sequence[Row]) -> float:
    """Return posts a second of processor time, languages mixed, after a warm-up with others."""
    order = np.random.default_rng(_SEED).permutation(len(rows))
    texts = [Text(rows[at].text, rows[at].language) for at in order]
    half = len(texts) // 2
    model.read(texts[:half])
    started = time.process_time()
    model.read(texts[half:])
    return (len(texts) - half) / (time.process_time() - started)


if __name__ == "__main__":
    main()
