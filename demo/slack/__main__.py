"""``python -m demo.slack``: the stand-in as a process, until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from demo.slack.app import TOKEN, SlackStandIn

EXAMPLE = """example:
  python -m demo.slack --port 8070 --ledger slack.jsonl --channel museum-alerts
  curl -d '{"answer": "drop", "after_acceptance": true}' http://127.0.0.1:8070/_stand-in/faults
"""


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.slack",
        description="A stand-in for Slack on 127.0.0.1, for the demo and for tests.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="append every call as JSON")
    parser.add_argument(
        "--token",
        action="append",
        metavar="TOKEN",
        help=f"may repeat; {TOKEN} by default",
    )
    parser.add_argument(
        "--channel",
        action="append",
        metavar="NAME",
        help="may repeat; museum-alerts by default",
    )
    options = parser.parse_args()
    stand_in = SlackStandIn(
        port=options.port,
        tokens=options.token or [TOKEN],
        channels=options.channel or ["museum-alerts"],
        ledger=options.ledger,
    )
    try:
        asyncio.run(serve(stand_in))
    except OSError as error:
        parser.exit(1, f"cannot listen on port {options.port}: {error.strerror}\n")


async def serve(stand_in: SlackStandIn) -> None:
    """Say where it listens, and serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with stand_in as slack:
        print(f"Slack stand-in: {slack.base_url}", flush=True)
        for channel in slack.workspace.channels.values():
            print(f"  #{channel.name}  {channel.id}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
