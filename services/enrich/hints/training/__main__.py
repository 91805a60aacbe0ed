"""Learns the hints anew: ``python -m services.enrich.hints.training FOLDER``.

It tells which alarm few harmless posts reach that were not learned from: from about there
``urgency.belief`` tells of a danger without a phrase.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..table import FILE, render
from .learn import learn, read_examples, unlearned_alarms

_RAISED = 0.005


def main() -> None:
    """Learn from a folder of labelled posts, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of labelled posts, a .jsonl file per language")
    examples = read_examples(parser.parse_args().folder)
    table = learn(examples)
    (Path(__file__).parents[1] / FILE).write_text(render(table), encoding="utf-8")
    print(f"{len(table):,} hints of {len(examples):,} posts in {FILE}")
    harmless = unlearned_alarms(examples)[[not example.urgent for example in examples]]
    level = np.quantile(harmless, 1 - _RAISED)
    print(f"{_RAISED:.1%} of the harmless posts raise an alarm over {level:.2f}")


if __name__ == "__main__":
    main()
