"""``passaparola dlq``: look at dead letters, and bring them back once the fault is mended."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import aclosing
from typing import Annotated

import typer

app = typer.Typer(
    help="Dead letters: what could not be handled, and why.",
    epilog="Example: `passaparola dlq show posts.raw.dlq`",
    no_args_is_help=True,
)

Reason = Annotated[str | None, typer.Option(help="Only letters with this reason.")]


@app.command(epilog="Example: `passaparola dlq show posts.raw.dlq --reason invalid`")
def show(
    topic: Annotated[
        str | None, typer.Argument(help="One topic; without it, counts of all.")
    ] = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many letters.")] = 20,
) -> None:
    """Show where letters came from and why they are here, one JSON object a line. No contents."""
    asyncio.run(_count(reason) if topic is None else _show(topic, reason, limit))


@app.command(epilog="Example, after a fix: `passaparola dlq replay posts.raw.dlq --reason invalid`")
def replay(
    topic: Annotated[str, typer.Argument(help="The dead letters, such as posts.raw.dlq.")],
    reason: Reason = None,
) -> None:
    """Bring letters back into their partitions, but none whose key has something newer by now."""
    asyncio.run(_replay(topic, reason))


async def _count(reason: str | None) -> None:
    from services.common.dead_letters import dead_letter_topics, read_dead_letters
    from services.common.settings import ServiceSettings

    kafka = ServiceSettings().kafka
    for topic in dead_letter_topics():
        reasons = Counter(
            [letter.reason async for letter in read_dead_letters(kafka, topic, reason)]
        )
        told = ", ".join(f"{count} {word}" for word, count in reasons.most_common()) or "none"
        typer.echo(f"{topic}: {told}")


async def _show(topic: str, reason: str | None, limit: int) -> None:
    from schemas import format_utc
    from services.common.dead_letters import read_dead_letters
    from services.common.settings import ServiceSettings

    shown = 0
    async with aclosing(read_dead_letters(ServiceSettings().kafka, topic, reason)) as letters:
        async for found in letters:
            if shown == limit:
                typer.echo(f"there are more; show them with --limit {limit * 10}", err=True)
                break
            shown += 1
            letter = found.letter
            about = {
                "letter": f"{letter.topic}/{letter.partition}/{letter.offset}",
                "at": format_utc(found.at),
                "bytes": len(letter.value or b""),
            }
            typer.echo(json.dumps({**found.facts, **about}))


async def _replay(topic: str, reason: str | None) -> None:
    from services.common.dead_letters import bring_back
    from services.common.settings import ServiceSettings

    done, left = 0, Counter[str]()
    async for returned in bring_back(ServiceSettings().kafka, topic, reason=reason):
        if returned.left is None:
            done += 1
        else:
            left[returned.left] += 1
    typer.echo(f"{done} brought back")
    for why, count in left.most_common():
        typer.echo(f"{count} left: {why}")
