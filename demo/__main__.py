"""``python -m demo``: play a museum's day on the real system and judge it by its truth."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from demo.day import DATE, DayError, compose, read_day
from demo.play import SPEED, play
from demo.report import show_verdict
from deploy.local.shell import forget_settings
from schemas import explain
from services.common.errors import PassaparolaError

EXAMPLE = """examples:
  python -m demo                 a generated day
  python -m demo --seed 11       another one
  python -m demo --day my-day    anybody's day, a folder as docs/demo.md describes it
"""
FOLDER = Path("data/demo")


def main() -> int:
    """Return 0 if all was as expected, 1 if not, 2 for a day that cannot be played."""
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--day", type=Path, metavar="DIR", help="a folder with a day")
    parser.add_argument("--seed", type=int, default=7, help="of the generated day")
    parser.add_argument("--speed", type=float, default=SPEED, help="seconds of the day a second")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="kept; that of a former demo is emptied"
    )
    options = parser.parse_args()
    console = Console(highlight=False, markup=False)
    forget_settings()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        day = read_day(options.day) if options.day else compose(options.seed, DATE)
        played = asyncio.run(play(day, options.folder, console, speed=options.speed))
    except DayError as error:
        return _fail(console, str(error), status=2)
    except PassaparolaError as error:
        return _fail(console, str(error))
    except ValidationError as error:
        return _fail(console, explain(error))
    except OSError as error:
        told = str(error) if error.filename is None else f"{error.filename}: {error.strerror}"
        return _fail(console, told)
    except KeyboardInterrupt:
        console.print("stopped")
        return 130
    show_verdict(console, played.verdict, mail_folder=played.mails, troubles=played.troubles)
    return 0 if played.passed else 1


def _fail(console: Console, message: str, status: int = 1) -> int:
    console.print(f"error: {message}", style="red", soft_wrap=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
