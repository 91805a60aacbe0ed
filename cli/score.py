"""``passaparola score``: the services' own scoring functions, without Kafka."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

`passaparola score "Coda di due ore al Louvre, che peccato #louvre"`

`passaparola score - < posts.jsonl > enriched.jsonl`
"""


def score(
    text: Annotated[str, typer.Argument(help="A post's text, or - for JSON lines on standard input.")],
    museums: Annotated[
        Path, typer.Option(help="The register to match against.")
    ] = Path("museums.yaml"),
) -> None:
    """Print the enriched events of a text or of posts, one JSON object a line.

    A post that no museum of the register matches is scored too, as of museum "unmatched".
    """
    from cli.scoring import Scorer

    scorer = Scorer(museums)
    now = datetime.now(UTC)
    lines: Iterator[bytes] = iter([scorer.line_of(text, now)])
    if text == "-":
        lines = iter(sys.stdin.buffer)
    refused = 0
    for number, line in enumerate(lines, 1):
        try:
            events = scorer.enriched(line)
        except ValueError as error:
            refused += 1
            typer.echo(f"line {number}: {error}", err=True)
            continue
        for event in events:
            sys.stdout.buffer.write(event + b"\n")
        sys.stdout.flush()
    if refused:
        raise typer.Exit(1)
