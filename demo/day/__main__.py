"""``python -m demo.day``: write a generated day into a folder."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from demo.day.compose import DATE, compose
from demo.day.folder import write_day

EXAMPLE = """example:
  python -m demo.day --seed 7 --out /tmp/day
  make demo DAY=/tmp/day
"""


def main() -> None:
    """Read the options and write the day."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.day",
        description="Write a museum's day with known truth; the same seed gives the same day.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1, help="1 by default")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--date", type=date.fromisoformat, default=DATE, help=f"a UTC day; {DATE} by default"
    )
    options = parser.parse_args()
    day = compose(options.seed, options.date)
    try:
        write_day(day, options.out)
    except OSError as error:
        parser.exit(1, f"cannot write to {options.out}: {error.strerror}\n")
    fates = ", ".join(f"{count} {fate}" for fate, count in day.truth.lines.items())
    print(f"{options.out}: {sum(day.truth.lines.values())} lines ({fates})")
    print(f"expected: {len(day.truth.expected)} stories on {' and '.join(day.truth.channels)}")


if __name__ == "__main__":
    main()
