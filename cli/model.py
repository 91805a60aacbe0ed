"""``passaparola model``: what judges sentiment, how good it is, and how to train another."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from services.enrich.reading import Text
    from services.enrich.sentiment.training.progress import Progress

app = typer.Typer(
    help="The sentiment model: look at it, train, measure, compare.",
    epilog="Example: `passaparola model info`",
    no_args_is_help=True,
)

DATA = "PASSAPAROLA_DATA"
Data = Annotated[
    Path | None,
    typer.Option(help=f"Folder of labelled texts; else `sentiment` in ${DATA}."),
]
Model = Annotated[
    Path | None,
    typer.Option("--model", help="A model's folder, or `shipped`; else the one that enrich uses."),
]
SHIPPED = Path("shipped")


@app.command(epilog="Example: `passaparola model info`")
def info(model: Model = None) -> None:
    """Tell what a model is: version, sources, size, and what it was measured to reach."""
    from services.enrich.sentiment import load_model, manifest_of

    folder = _folder(model)
    manifest = manifest_of(folder)
    if manifest is None:
        typer.echo(f"name       {load_model(folder).name}")
        typer.echo(
            f"folder     {folder}: a transformer, whose sources and figures are not known here"
        )
        typer.echo("measure it with `passaparola model evaluate --split SPLIT`")
        return
    libraries = ", ".join(f"{name} {found}" for name, found in manifest.libraries.items())
    typer.echo(f"name       {manifest.full_name}")
    typer.echo(f"weights    {manifest.size / 1e6:.1f} MB, sha256 {manifest.sha256}")
    typer.echo(f"languages  {', '.join(manifest.languages)}")
    typer.echo(f"trained    seed {manifest.seed}, {libraries}")
    for found in manifest.measured:
        typer.echo(f"\nmeasured by {found.how}, {found.rows:,} texts:")
        _table(
            ("", "macro-F1", "calibration error"),
            [
                (code, f"{score:.1f}", f"{found.calibration_error[code]:.3f}")
                for code, score in found.macro_f1.items()
            ],
        )
        typer.echo(f"average macro-F1: {found.average_macro_f1:.1f}")
    typer.echo("\nlearned from:")
    _table(
        ("source", "texts", "from", "terms"),
        [(one.name, f"{one.rows:,}", one.origin, one.terms) for one in manifest.sources],
    )


@app.command(
    epilog="""Examples:

`passaparola model train --data data/sentiment --out models/mine`

Then PASSAPAROLA_SENTIMENT_MODEL=models/mine puts it to work.
"""
)
def train(
    out: Annotated[Path, typer.Option(help="The folder to write the model to.")],
    data: Data = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
) -> None:
    """Train a model on a folder of labelled texts, some minutes long, and measure it.

    The same texts, seed and library versions give the same file, bit for bit.
    """
    try:
        from services.enrich.sentiment.training.train import train, write_model
    except ImportError as error:
        _refuse(f"training needs {error.name}: `make install` in a checkout has it")
    with training_progress() as progress:
        data_bytes, manifest, corpus = train(_data(data), seed, progress)
    write_model(data_bytes, manifest, out)
    dropped = sum(corpus.dropped.values())
    (measured,) = manifest.measured
    typer.echo(f"near-duplicates of the benchmark's texts, dropped from the others: {dropped:,}")
    typer.echo(f"average macro-F1 by {measured.how}: {measured.average_macro_f1:.1f}")
    typer.echo(f"{manifest.full_name}: {manifest.size / 1e6:.1f} MB in {out}")


@app.command(epilog="Example: `passaparola model evaluate --data data/sentiment --split test`")
def evaluate(
    split: Annotated[str, typer.Option(help="Of files `umsab_<language>.<split>.tsv.gz`.")],
    data: Data = None,
    model: Model = None,
) -> None:
    """Judge labelled texts and print how good that was, a row a language.

    `python -m benchmarks.sentiment` also looks for near-duplicates of what the model learned from.
    """
    from services.enrich.sentiment import load_model, manifest_of
    from services.enrich.sentiment.evaluation import by_language, judge
    from services.enrich.sentiment.training.sources import read_benchmark

    rows = read_benchmark(_data(data), split)
    chosen = load_model(_folder(model))
    manifest = manifest_of(_folder(model))
    learned = set() if manifest is None else {source.name for source in manifest.sources}
    if seen := sum(row.source in learned for row in rows):
        typer.echo(
            f"SEEN IN TRAINING: the model has learned from {seen:,} of these {len(rows):,} texts. "
            "What follows tells how well it remembers, not how well it judges.",
            err=True,
        )
    found = by_language(rows, judge(chosen, rows))
    typer.echo(f"{chosen.name} on {len(rows):,} texts")
    _table(
        ("", "macro-F1", "calibration error", "would abstain", "texts"),
        [
            (
                code,
                f"{one.macro_f1:.1f}",
                f"{one.calibration_error:.3f}",
                f"{one.abstained:.1%}",
                f"{one.rows:,}",
            )
            for code, one in found.items()
        ],
    )
    average = sum(one.macro_f1 for one in found.values()) / len(found)
    typer.echo(f"average macro-F1: {average:.1f}")


@app.command(epilog="Example: `passaparola model diff models/old models/new posts.jsonl`")
def diff(
    old: Annotated[Path, typer.Argument(help="A model's folder, or `shipped`.")],
    new: Annotated[Path, typer.Argument(help="Another, or `shipped`.")],
    file: Annotated[Path, typer.Argument(help="Texts, one a line, or JSON lines with `text`.")],
) -> None:
    """Show on which texts two models differ: how many, from what to what, with examples.

    Line by line: a JSON object's `text`, with its `lang` if it has one, or the line itself.
    """
    from services.enrich.sentiment import load_model
    from services.enrich.sentiment.comparison import compare

    texts = list(_texts(file))
    changes = compare(load_model(_folder(old)), load_model(_folder(new)), texts)
    changed = sum(len(change.texts) for change in changes)
    typer.echo(f"{changed:,} of {len(texts):,} texts change their label")
    for change in changes:
        kind = f"{change.before} → {change.after}"
        typer.echo(f"\n{change.language}  {kind}  {len(change.texts):,}")
        for text in change.examples:
            typer.echo(f"    {' '.join(text.split())[:120]}")


def _texts(file: Path) -> Iterator[Text]:
    from services.enrich.language import detect_language
    from services.enrich.reading import Text

    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.strip():
            continue
        text, declared = line, None
        if line.startswith("{"):
            text, declared = _post(line, file)
        yield Text(text, detect_language(text, declared).code)


def _post(line: str, file: Path) -> tuple[str, str | None]:
    try:
        post = json.loads(line)
    except ValueError:
        post = {}
    text, lang = post.get("text"), post.get("lang")
    if not isinstance(text, str) or not isinstance(lang, str | None):
        _refuse(
            f"{file}: a line in braces must be a JSON object with `text`, "
            f"and `lang` if it has one, as strings: {line[:60]}"
        )
    return text, lang


def model_in_use() -> Path | None:
    """Return the folder that enrich's settings name; ``None`` stands for the shipped model."""
    from services.common.settings import load_settings
    from services.enrich.settings import Settings

    return load_settings(Settings).sentiment_model


def _folder(name: Path | None) -> Path | None:
    if name is None:
        return model_in_use()
    return None if name == SHIPPED else name


def _data(folder: Path | None) -> Path:
    if folder is not None:
        return folder
    if not (everything := os.environ.get(DATA)):
        _refuse(f"no labelled texts: name their folder with --data or set {DATA}")
    return Path(everything) / "sentiment"


def _refuse(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1) from None


@contextmanager
def training_progress() -> Iterator[Progress]:
    """Show training's stages as bars on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        stages: dict[str, TaskID] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage)
            bars.update(stages[stage], completed=done, total=total)

        yield progress


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())
