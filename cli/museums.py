"""``passaparola museums``: check and apply the register of museums."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The register of museums.",
    epilog="Example: `passaparola museums apply museums.yaml`",
    no_args_is_help=True,
)

Register = Annotated[Path, typer.Argument(help="The register, YAML; docs/museums.md.")]


@app.command(epilog="Example: `passaparola museums check museums.yaml`")
def check(register: Register = Path("museums.yaml")) -> None:
    """Check a register and change nothing. Exit status 1 if it has a fault."""
    from services.ingest.register_file import RegisterRefused, read_register

    try:
        museums = read_register(register)
    except RegisterRefused as error:
        for problem in error.problems:
            typer.echo(f"{register}: {problem}", err=True)
        raise typer.Exit(1) from None
    for museum in museums:
        if any(handle.id is None for handle in museum.handles.get("bluesky", ())):
            typer.echo(
                f"{register}: {museum.museum_id}: give its Bluesky account's DID as `id`, "
                "or its own posts will look like a visitor's"
            )
    typer.echo(f"{register}: {len(museums)} museums, no fault")


@app.command(epilog="Example: `passaparola museums apply museums.yaml --prune`")
def apply(
    register: Register = Path("museums.yaml"),
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove museums that the register does not name.")
    ] = False,
) -> None:
    """Put a register in force; every service follows it without a restart."""
    from services.common.clock import WallClock
    from services.common.settings import ServiceSettings
    from services.ingest.register_file import apply_register, read_register

    museums = read_register(register)
    changes = asyncio.run(
        apply_register(ServiceSettings().kafka, museums, WallClock(), prune=prune)
    )
    for sign, ids in (("+", changes.added), ("~", changes.changed), ("-", changes.removed)):
        for museum_id in ids:
            typer.echo(f"{sign} {museum_id}")
    typer.echo(
        f"{len(changes.added)} added, {len(changes.changed)} changed, "
        f"{len(changes.removed)} removed, {len(changes.unchanged)} as they were"
    )
    if changes.absent:
        typer.echo(
            f"{len(changes.absent)} are in force and not in the register: "
            f"{', '.join(changes.absent)}; remove them with --prune"
        )
