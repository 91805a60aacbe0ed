"""``python -m demo.judge``: judge a finished run from its files; exit status 1 if it failed."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from demo.day import DayError, read_day
from demo.inbox import Mail
from demo.judge import judge, read_letters
from demo.ledger import read_ledger
from demo.report import show_verdict
from demo.slack import Call

EXAMPLE = """example:
  python -m demo.judge --day day --slack slack.jsonl --mail mails --mail-ledger mails.jsonl
"""


def main() -> None:
    """Read the options and the files, and say what is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.judge",
        description="Compare what arrived with a day's truth.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--day", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--slack", type=Path, required=True, metavar="LEDGER")
    parser.add_argument("--mail", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--mail-ledger", type=Path, required=True, metavar="LEDGER")
    parser.add_argument("--json", action="store_true", help="the verdict as JSON")
    options = parser.parse_args()
    try:
        day = read_day(options.day)
        calls = read_ledger(options.slack, Call)
        letters = read_letters(options.mail, read_ledger(options.mail_ledger, Mail))
    except DayError as error:
        parser.exit(2, f"{error}\n")
    except OSError as error:
        parser.exit(2, f"{error.filename}: {error.strerror}\n")
    except ValueError as error:
        parser.exit(2, f"a ledger cannot be read: {error}\n")
    verdict = judge(day, calls, letters)
    if options.json:
        print(verdict.model_dump_json(indent=2))
    else:
        show_verdict(Console(), verdict, mail_folder=options.mail)
    parser.exit(0 if verdict.passed else 1)


if __name__ == "__main__":
    main()
