"""How long ``passaparola backtest`` takes over a month of posts about a large museum.

The posts are those of the pipeline's benchmark, 300 a day, each looked at ten times in two days.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import REGISTER, Load, events
from benchmarks.machine import describe_machine
from benchmarks.result import put_between_markers
from demo.day.venues import VENUES
from schemas import format_utc

RESULT = Path(__file__).parent / "results" / "backtest_speed.json"
_DAYS, _A_DAY = 30, 300
_LOOKS_HOURS = (0.2, 0.5, 1, 2, 3, 5, 8, 14, 24, 48)
_START = datetime(2026, 6, 1, tzinfo=UTC)


def main() -> None:
    """Write a month, play it through the command, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="the result and the page too")
    given = parser.parse_args()
    machine = describe_machine()
    with TemporaryDirectory() as folder:
        month = Path(folder) / "month.jsonl"
        lines = sorted(_lines(), key=lambda line: line["observed_at"])
        month.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        started = time.monotonic()
        command = [sys.executable, "-m", "cli", "backtest", str(month), "--museums", str(REGISTER)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds = time.monotonic() - started
    posts = _DAYS * _A_DAY
    told = (
        f"{machine.sentence()}\n\n"
        f"{posts:,} posts and {len(lines) - posts:,} looks of {_DAYS} days: "
        f"{seconds:.1f} s, the start included; {len(done.stdout.splitlines())} alarms."
    )
    print(told)
    if given.write:
        put_between_markers("backtest_speed", told)
        result = {"machine": machine.model_dump(mode="json"), "posts": posts, "lines": len(lines)}
        RESULT.write_text(json.dumps(result | {"seconds": round(seconds, 1)}, indent=2) + "\n")


def _lines() -> Iterator[dict[str, Any]]:
    """Yield each post and its looks, whose counters grow as most posts' do."""
    load = Load("month", _START, _DAYS * _A_DAY, _A_DAY / 86_400, 200, venues=VENUES[:1])
    for event in events(load):
        if event.get("type") != "engagement":
            yield dict(event)
            continue
        begin = datetime.fromisoformat(str(event["observed_at"]))
        for hours in _LOOKS_HOURS:
            share = hours / (hours + 4)
            yield dict(event) | {
                "observed_at": format_utc(begin + timedelta(hours=hours)),
                "likes": round(8 * event["likes"] * share),
                "reposts": round(8 * event["reposts"] * share),
            }


if __name__ == "__main__":
    main()
