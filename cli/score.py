"""``passaparola score``: the services' own scoring functions, without Kafka."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

`passaparola score "Coda di due ore al Louvre, che peccato #louvre"`

`passaparola score --explain "The war photographs are harrowing. Staff were lovely."`

`passaparola score - < posts.jsonl > enriched.jsonl`
"""
REGISTER = Path("museums.yaml")


def score(
    text: Annotated[
        str, typer.Argument(help="A post's text, or - for JSON lines on standard input.")
    ],
    museums: Annotated[
        Path | None,
        typer.Option(help=f"The register to match against; else {REGISTER} if there is one."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="For people: the words that decided, and what of.")
    ] = False,
) -> None:
    """Print the enriched events of a text or of posts, one JSON object a line.

    A post that no museum of the register matches is scored too, as of museum "unmatched". Lines
    that cannot be read, and removals of whole accounts, are told on standard error; then the exit
    status is 1.
    """
    from cli.scoring import Scorer
    from services.common.errors import Poison

    if museums is None and REGISTER.exists():
        museums = REGISTER
    scorer = Scorer(museums, lambda: datetime.now(UTC))
    show = _explain if explain else _print
    if text != "-":
        show(scorer.text(text))
        return
    refused = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            show(scorer.enriched(line))
        except Poison as error:
            refused += 1
            typer.echo(f"line {number}: {error.reason}: {error}", err=True)
    if refused:
        raise typer.Exit(1)


def _print(events: Iterable[bytes]) -> None:
    for event in events:
        sys.stdout.buffer.write(event + b"\n")
    sys.stdout.buffer.flush()


def _explain(events: Iterable[bytes]) -> None:
    from rich.console import Console

    from cli.explained import explain_post
    from schemas import EnrichedPost, decode

    console = Console(highlight=False)
    for event in events:
        console.print(explain_post(decode(EnrichedPost, event)))
