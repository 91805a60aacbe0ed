"""``passaparola replay``: feed posts from a file through ingest's own pipeline."""

from __future__ import annotations

import asyncio
import math
import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

`passaparola replay posts.jsonl.gz`

`passaparola replay export.csv --map columns.yaml --report fates.jsonl`

`passaparola replay day.jsonl --clock --speed 60` plays a day as a simulation
"""


def replay(
    file: Annotated[
        Path, typer.Argument(help=".jsonl, .jsonl.gz, .jsonl.zst or .csv", show_default=False)
    ],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="Which columns are what (docs/museums.md).")
    ] = None,
    speed: Annotated[
        str, typer.Option(help="1 is real time; 60 or any other factor; max.")
    ] = "max",
    shift: Annotated[
        bool, typer.Option("--shift/--keep", help="Move all times to now, or keep them.")
    ] = False,
    clock: Annotated[
        bool, typer.Option("--clock", help="The replayed time is the system's time (simulation).")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write every line's fate by id to this file.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="From the first line, whatever was done before.")
    ] = False,
) -> None:
    """Replay posts, snapshots and removals. Killed at any moment, the same call goes on.

    In a live system a replayed post keeps its own time and pages nobody. Lines that cannot be
    read go to the dead letters with file, line and reason.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from services.common.settings import ServiceSettings
    from services.ingest.connectors.replay import Progress as Step
    from services.ingest.connectors.replay import ReplayOptions, run_replay

    options = ReplayOptions(
        path=file,
        map=mapping,
        speed=_factor(speed),
        shift=shift,
        clock=clock,
        report=report,
        restart=restart,
    )
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%  {task.fields[lines]} lines"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task(file.name, total=None, lines=0)

        def show(step: Step) -> None:
            bar.update(task, completed=step.byte, total=step.size or None, lines=step.lines)

        try:
            summary = asyncio.run(run_replay(ServiceSettings(), options, show))
        except KeyboardInterrupt:
            typer.echo("stopped; the same call goes on from here", err=True)
            raise
    if summary.resumed_after:
        typer.echo(f"went on after line {summary.resumed_after}")
    fates = ", ".join(f"{count} {fate}" for fate, count in summary.fates.most_common())
    typer.echo(f"{summary.lines} lines: {fates or 'nothing to do'}")
    for reason, count in summary.reasons.most_common():
        typer.echo(f"  dead letters: {count} {reason}")


def _factor(speed: str) -> float | None:
    if speed == "max":
        return None
    try:
        factor = float(speed)
    except ValueError:
        factor = 0.0
    if not 0 < factor < math.inf:
        raise typer.BadParameter("a factor such as 1 or 60, or max", param_hint="--speed")
    return factor
