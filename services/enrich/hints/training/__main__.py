"""Learns the hints anew: ``python -m services.enrich.hints.training FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..table import FILE, render
from .learn import learn, read_examples


def main() -> None:
    """Learn from a folder of labelled posts, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of labelled posts, a .jsonl file per language")
    examples = read_examples(parser.parse_args().folder)
    table = learn(examples)
    (Path(__file__).parents[1] / FILE).write_text(render(table), encoding="utf-8")
    print(f"{len(table):,} hints of {len(examples):,} posts in {FILE}")


if __name__ == "__main__":
    main()
