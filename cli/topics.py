"""``passaparola topics``: create the topics, or check those that are there."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

app = typer.Typer(
    help="Kafka's topics.",
    epilog="Example: `passaparola topics create`",
    no_args_is_help=True,
)


@app.command(epilog="Example: `passaparola topics create --replication 3`")
def create(
    replication: Annotated[int, typer.Option(min=1, help="Replicas of each partition.")] = 1,
) -> None:
    """Create the topics that are missing; those that exist are left as they are."""
    from services.common.settings import ServiceSettings
    from services.common.topics import create_topics

    kafka = ServiceSettings().kafka
    created = asyncio.run(create_topics(kafka, replication=replication))
    for name in created:
        typer.echo(f"+ {name}")
    typer.echo(f"{len(created)} created, with {kafka.partitions} partitions where it is open")


@app.command(epilog="Example: `passaparola topics check`")
def check() -> None:
    """Compare the broker's topics with what the services need. Exit status 1 if they differ."""
    from services.common.settings import ServiceSettings
    from services.common.topics import check_topics

    differences = asyncio.run(check_topics(ServiceSettings().kafka))
    for found in differences:
        typer.echo(f"{found.topic}: {found.what} is {found.found}, should be {found.wanted}")
    if differences:
        raise typer.Exit(1)
    typer.echo("all topics are as they should be")
