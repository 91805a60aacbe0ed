"""``passaparola norms``: what the system has learned as usual, and since when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="What is usual, as the system has learned it.",
    epilog="Example: `passaparola norms show --platform bluesky`",
    no_args_is_help=True,
)

_CLIENT = "passaparola-norms"


@app.command(epilog="Example: `passaparola norms show --platform instagram`")
def show(
    platform: Annotated[str | None, typer.Option(help="One platform; else every one.")] = None,
) -> None:
    """Show what is usual by age, from when viral begins, and since when both are known."""
    from rich.console import Console

    from cli.norms_table import norms_table
    from schemas.topics import NORMS
    from services.common.follower import present
    from services.common.settings import ServiceSettings

    values = asyncio.run(present(ServiceSettings().kafka, NORMS, _CLIENT))
    platforms = sorted({key.split("/")[0] for key in values})
    if platform is not None and platform not in platforms:
        known = ", ".join(platforms) or "none"
        typer.echo(f"nothing is learned of {platform} yet: its prior holds (learned: {known})")
        raise typer.Exit(1)
    if not platforms:
        typer.echo("nothing is learned yet: the prior holds until two midnights have passed")
    console = Console(highlight=False)
    for name in platforms if platform is None else [platform]:
        console.print(norms_table(name, values, datetime.now(UTC).date()))


@app.command(epilog="Example: `passaparola norms export norms.jsonl`")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write it, one JSON object a line.")],
) -> None:
    """Write what is learned into a file, for another installation. It holds no text and no id."""
    from schemas.topics import NORMS
    from services.common.follower import present
    from services.common.settings import ServiceSettings
    from services.enrich.norms_file import file_lines

    lines = list(file_lines(asyncio.run(present(ServiceSettings().kafka, NORMS, _CLIENT))))
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    typer.echo(f"{file}: {len(lines)} days of platforms, ages and partitions")


@app.command("import", epilog="Example: `passaparola norms import norms.jsonl`")
def import_(
    file: Annotated[Path, typer.Argument(help="What `passaparola norms export` wrote.")],
) -> None:
    """Let what another installation has learned count here too, beside what is learned here."""
    from services.common.publisher import Publisher
    from services.common.settings import ServiceSettings
    from services.enrich.norms_file import import_records, read_file

    records = import_records(read_file(file), datetime.now(UTC))

    async def write() -> None:
        async with Publisher(ServiceSettings().kafka, _CLIENT) as publisher:
            await publisher.publish(records)

    asyncio.run(write())
    typer.echo(f"{file}: {len(records)} lines imported; they are in force as their days were")
