"""Learns the hints anew: ``python -m services.enrich.hints.training FOLDER``.

It tells at which alarm a post that was not learned from is calm, and at which it is urgent: what
``urgency.dangers`` goes by.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..table import FILE, render
from .learn import learn, read_examples, unlearned_alarms

_MISSED, _RAISED = 0.02, 0.005


def main() -> None:
    """Learn from a folder of labelled posts, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of labelled posts, a .jsonl file per language")
    examples = read_examples(parser.parse_args().folder)
    table = learn(examples)
    (Path(__file__).parents[1] / FILE).write_text(render(table), encoding="utf-8")
    print(f"{len(table):,} hints of {len(examples):,} posts in {FILE}")
    urgent = np.array([example.urgent for example in examples])
    alarms = unlearned_alarms(examples)
    print(
        f"alarm of posts not learned from: {_MISSED:.0%} of the urgent ones are under "
        f"{np.quantile(alarms[urgent], _MISSED):.2f}, {_RAISED:.1%} of the others over "
        f"{np.quantile(alarms[~urgent], 1 - _RAISED):.2f}"
    )


if __name__ == "__main__":
    main()
