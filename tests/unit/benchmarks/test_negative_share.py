"""The benchmark of complaints: its worlds are as they are described, and it ends with figures."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.negative_share import (
    alarms_of,
    binomial,
    first_look,
    main,
    opinions,
    raw_share,
    z_test,
)
from services.enrich.unusual.bins import HOUR_BINS


def test_opinions_are_as_usual_but_in_a_crisis() -> None:
    said = opinions(np.random.default_rng(1), 30, 182, every_days=6)
    judged, negative = np.array(said.judged), np.array(said.negative)
    crisis = np.zeros(len(judged), bool)
    for begin in said.crises:
        crisis[begin : begin + 6 * HOUR_BINS] = True
    assert judged.mean() * HOUR_BINS == pytest.approx(30, rel=0.05)
    assert negative[~crisis].sum() / judged[~crisis].sum() == pytest.approx(0.12, abs=0.02)
    assert negative[crisis].sum() / judged[crisis].sum() == pytest.approx(0.47, abs=0.02)


def test_a_crisis_is_called_by_our_rule() -> None:
    said = opinions(np.random.default_rng(2), 10, 60, every_days=30)
    found = alarms_of(said, {"ours": None, "never": lambda n, k, mu, trusted: False})
    assert found["never"] == []
    for begin in said.crises:
        assert any(begin <= place < begin + 8 * HOUR_BINS for place in found["ours"])


@pytest.mark.parametrize(
    ("n", "k", "raw", "z", "exact", "swings"),
    [
        (20, 2, False, False, False, False),
        (20, 6, False, False, False, False),
        (20, 7, True, True, False, False),
        (20, 9, True, True, True, False),
        (20, 12, True, True, True, True),
        (4, 4, False, False, False, False),
        (100, 25, False, True, True, False),
        (100, 35, True, True, True, False),
        (100, 45, True, True, True, True),
    ],
)
def test_the_simpler_rules(n: int, k: int, raw: bool, z: bool, exact: bool, swings: bool) -> None:
    rules = (raw_share, z_test, binomial, first_look)
    assert [rule(n, k, 0.12, 30) for rule in rules] == [raw, z, exact, swings]


def test_the_command_ends_with_a_line_a_volume(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--museums", "1", "--weeks", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("30 posts/h: false alarms a week: ")
