"""``passaparola up``: the whole system on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deploy.local.system import System

EXAMPLES = """Examples:

`passaparola up`

`PASSAPAROLA_SLACK__TOKEN=xoxb-... passaparola up --data /var/lib/passaparola`
"""


def up(
    data: Annotated[Path, typer.Option(help="The folder for all state.")] = Path("data"),
    museums: Annotated[
        Path, typer.Option(help="The register to put in force at the start.")
    ] = Path("museums.yaml"),
) -> None:
    """Run Kafka and the three services on this machine and listen to Bluesky, until Ctrl-C.

    PASSAPAROLA_KAFKA__BOOTSTRAP and PASSAPAROLA_DATABASE__URL point it at servers that you have.
    """
    asyncio.run(_up(data, museums))


async def _up(data: Path, museums: Path) -> None:
    from deploy.local.system import System
    from services.ingest.register_file import read_register

    known = read_register(museums)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with System(data, say=typer.echo) as system:
        running = asyncio.create_task(_run(system, museums, len(known)))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            typer.echo("\nstopping; what is in flight is finished first")
        stopped.cancel()
        running.cancel()
        (failed,) = await asyncio.gather(running, return_exceptions=True)
    if isinstance(failed, Exception):
        raise failed
    typer.echo(f"stopped; the state is in {data.absolute()}")


async def _run(system: System, museums: Path, count: int) -> None:
    typer.echo("starting Kafka")
    await system.start_kafka()
    kafka = {name: value for name, value in system.environment.items() if "KAFKA" in name}
    if kafka:
        told = " ".join(f"{name}={value}" for name, value in kafka.items())
        typer.echo(f"for other commands: export {told}")
    typer.echo(f"putting {count} museums in force")
    changes = await system.apply_museums(museums)
    if changes.absent:
        typer.echo(
            f"still listened for, and not in {museums}: {', '.join(changes.absent)}; "
            "`passaparola museums apply --prune` removes them"
        )
    typer.echo("starting the services")
    await system.start_services()
    for name, url in system.urls.items():
        typer.echo(f"{name} is ready: {url}/readyz, log {system.data / f'{name}.log'}")
    if not os.environ.get("PASSAPAROLA_SLACK__TOKEN"):
        typer.echo("no Slack token is set, so Slack receivers wait; see docs/slack.md")
    typer.echo("listening; Ctrl-C stops")
    await system.supervise()
