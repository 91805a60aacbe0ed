"""``passaparola alerts``: the database of alerts, and a trial message to a receiver."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

app = typer.Typer(
    help="Alerts: database and receivers.",
    epilog="Example: `passaparola alerts test default`",
    no_args_is_help=True,
)


@app.command(epilog="Example: `passaparola alerts migrate`")
def migrate() -> None:
    """Bring the database up to this release; run it once, before the service starts."""
    from services.alerts.settings import Settings
    from services.alerts.store.migrate import migrate as run

    typer.echo(f"the database is at revision {run(Settings().database.url)}")


@app.command(epilog="Example: `passaparola alerts test default`")
def test(
    receiver: Annotated[
        str, typer.Argument(help="A receiver's name, as museums and settings say it.")
    ],
) -> None:
    """Send a marked trial message to a receiver through its real channels."""
    from services.alerts.settings import Settings
    from services.alerts.trial import TrialFailed, send_trial

    try:
        lines = asyncio.run(send_trial(Settings(), receiver))
    except TrialFailed as error:
        for line in error.lines:
            typer.echo(line, err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(line)
