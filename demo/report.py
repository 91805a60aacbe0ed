"""What the demo prints: steps while things start, alerts as they arrive, and the closing table.

It decides nothing: whoever runs the demo calls it with what happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.judge import Verdict
from demo.slack import render_message

_WIDEST = 100


@contextmanager
def step(
    console: Console, doing: str, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str], None]]:
    """Show that something is being done, then how long it took; the yielded call adds a detail.

    ``with step(console, "Starting Kafka") as say: say("downloading 45 MB")``. In a terminal one
    line changes; elsewhere each detail is a line.
    """
    begun = clock()
    with console.status(f"{doing} ...") as status:

        def say(detail: str) -> None:
            if console.is_terminal:
                status.update(Text(f"{doing} ... {detail}"))
            else:
                console.print(Text(f"  {doing}: {detail}"))

        try:
            yield say
        except BaseException:
            console.print(Text.assemble(("✗ ", "red"), doing))
            raise
    taken = f"  {clock() - begun:.1f} s"
    console.print(Text.assemble(("✓ ", "green"), doing, (taken, "dim")))


def show_alert(
    console: Console, channel: str, message: Mapping[str, Any], *, number: int | None = None
) -> None:
    """Show a Slack message as the channel shows it; ``number``: how many there are with it."""
    width = min(console.width, _WIDEST)
    shown = render_message(message, width=width - 4, ansi=console.is_terminal)
    title = f"#{channel}" if number is None else f"alert {number} in #{channel}"
    console.print(
        Panel(
            Text.from_ansi(shown.rstrip("\n")),
            title=Text(title),
            title_align="left",
            border_style="dim",
            width=width,
        )
    )


def show_verdict(
    console: Console,
    verdict: Verdict,
    *,
    mail_folder: Path | None = None,
    troubles: Sequence[str] = (),
) -> None:
    """Show the closing table, and each fault in a sentence; ``troubles`` are those of the run."""
    console.print(_table(verdict))
    for finding in verdict.findings:
        where = " ".join(part for part in (finding.museum_id, finding.story_id) if part)
        line = Text.assemble(
            (f"{finding.kind.replace('_', ' ')}: ", "bold red"),
            f"{finding.channel} to {finding.receiver}: {where}: {finding.detail}",
        )
        console.print(line, soft_wrap=True)
    for trouble in troubles:
        console.print(Text(trouble, style="bold red"), soft_wrap=True)
    if mail_folder is not None:
        console.print(Text(f"The mails lie in {mail_folder}"), soft_wrap=True)
    if faults := len(verdict.findings) + len(troubles):
        console.print(Text(f"Not as expected: {faults} fault(s).", style="bold red"))
    else:
        console.print(Text("All as expected.", style="bold green"))


def _table(verdict: Verdict) -> Table:
    table = Table(title="The day against its truth", title_justify="left")
    table.add_column("notifications")
    table.add_column("", justify="right")
    faults = {
        "missed": verdict.count("missed"),
        "false": verdict.count("false"),
        "doubled": verdict.count("doubled"),
        "left unstruck": verdict.count("not_struck"),
    }
    table.add_row("expected", str(verdict.expected))
    table.add_row("sent", str(verdict.sent))
    for name, count in faults.items():
        table.add_row(name, Text(str(count), style="bold red" if count else "green"))
    table.add_row("struck", str(verdict.struck))
    table.add_row("mails that came again", str(verdict.repeated))
    table.add_section()
    table.add_row("post to notification, p50", _seconds(verdict.p50))
    table.add_row("post to notification, p95", _seconds(verdict.p95))
    return table


def _seconds(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f} s"
