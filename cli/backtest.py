"""``passaparola backtest``: what would have been raised, when and why, without Kafka."""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

`passaparola backtest november.jsonl.gz`

`passaparola backtest export.csv --map columns.yaml --museums museums.yaml`

`passaparola backtest --topics --since 2026-11-01` takes what the system itself has kept
"""


def backtest(
    file: Annotated[
        Path | None, typer.Argument(help=".jsonl, .jsonl.gz, .jsonl.zst or .csv, by time.")
    ] = None,
    museums: Annotated[Path, typer.Option(help="The register to match against.")] = Path(
        "museums.yaml"
    ),
    mapping: Annotated[
        Path | None, typer.Option("--map", help="Which columns are what (docs/museums.md).")
    ] = None,
    topics: Annotated[
        bool, typer.Option("--topics", help="Instead of a file, posts and looks from Kafka.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="With --topics: a day or an instant, such as 2026-11-01.")
    ] = None,
) -> None:
    """Print every alarm that would have been raised: viral posts, bursts, negative shares.

    The same functions as in the service, with the clock of the events. Nothing is sent.
    """
    from cli.history import file_events, topic_events
    from cli.model import model_in_use
    from services.enrich.backtest import Backtest
    from services.enrich.register import Register
    from services.enrich.sentiment import load_model
    from services.enrich.understanding import Reader

    if (file is None) != topics:
        raise typer.BadParameter("give a file, or --topics, and not both")
    if since is not None and not topics:
        raise typer.BadParameter(
            "goes with --topics; of a file, every line is taken", param_hint="--since"
        )
    register = Register()
    reader = Reader(load_model(model_in_use()))
    refused: Counter[str] = Counter()
    events = (
        topic_events(since, register, refused)
        if file is None
        else file_events(file, mapping, museums, register, refused)
    )
    begun = time.monotonic()
    test = Backtest(reader, register)
    raised: Counter[str] = Counter()
    with _all_of_it_stays():
        for alarm in test.run(events):
            raised[alarm.kind] += 1
            about = " ".join(filter(None, (alarm.museum_id, alarm.post_id)))
            at = f"{alarm.at:%Y-%m-%d %H:%M}Z"
            typer.echo(f"{at}  {alarm.kind:<14}  {about}: {alarm.explanation}")
    days = sum((last - first).days + 1 for first, last in test.heard)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(raised.items())) or "no alarm"
    print(
        f"{kinds}; {test.posts:,} posts and {test.looks:,} looks of {days} days "
        f"in {time.monotonic() - begun:.0f} s",
        file=sys.stderr,
    )
    for (_, last), (first, _) in pairwise(test.heard):
        print(
            f"  nothing from {last:%Y-%m-%d} to {first:%Y-%m-%d}: begun anew behind that; "
            "if a date is wrong, mend its line",
            file=sys.stderr,
        )
    for reason, count in refused.most_common():
        print(f"  refused: {count} {reason}", file=sys.stderr)


@contextmanager
def _all_of_it_stays() -> Iterator[None]:
    """Look for no objects that refer to each other alone.

    A backtest makes none, and to go over all that it remembers again and again took a quarter of
    its time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
