"""The benchmark of complaints: its museums are as they are described, many at once are judged as
each alone, and it ends with figures.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.negative_share import (
    OURS,
    SIMPLE,
    alarms,
    held,
    main,
)
from benchmarks.opinions import CRISIS_BINS, Opinions, restless, steady
from services.enrich.unusual.bins import DAY_BINS, FULL_WEIGHT, HOUR_BINS, WINDOW_BINS
from services.enrich.unusual.negative_share import NegativeShare


@pytest.mark.parametrize(
    "said",
    [
        steady(np.random.default_rng(1), 30, 2, 120, crises=True),
        restless(np.random.default_rng(1), 30, 2, 120),
    ],
    ids=["steady", "restless"],
)
def test_opinions_are_as_usual_but_in_a_crisis(said: Opinions) -> None:
    crisis = np.zeros(said.judged.shape, bool)
    for museum, begins in enumerate(said.crises):
        for begin in begins:
            crisis[begin : begin + CRISIS_BINS, museum] = True
    assert said.judged.mean() * HOUR_BINS == pytest.approx(30, rel=0.1)
    usual = said.negative[~crisis].sum() / said.judged[~crisis].sum()
    assert usual == pytest.approx(0.12, abs=0.02)
    assert said.negative[crisis].sum() / said.judged[crisis].sum() == pytest.approx(0.47, abs=0.02)


def called_one_by_one(said: Opinions, museum: int) -> list[int]:
    """Fold one museum as the system does; return the bins of its alarms."""
    judged, bad = said.windows()
    share, found = NegativeShare(), []
    for place in range(len(judged)):
        old = place + 1 - WINDOW_BINS
        left = (said.judged[old, museum], said.negative[old, museum]) if old >= 0 else (0, 0)
        before = share.opened
        share.fold(
            place + 1,
            (FULL_WEIGHT * int(judged[place, museum]), FULL_WEIGHT * int(bad[place, museum])),
            (FULL_WEIGHT * int(left[0]), FULL_WEIGHT * int(left[1])),
        )
        if share.opened != before:
            found.append(place)
    return found


@pytest.mark.parametrize("per_hour", [1, 3, 30])
def test_many_museums_are_judged_as_each_alone(per_hour: int) -> None:
    said = restless(np.random.default_rng(2), per_hour, 3, 60)
    together = held(said)[OURS]
    each = [called_one_by_one(said, museum) for museum in range(3)]
    assert [alarms(places) for places in together] == each
    assert any(each)


def test_a_crisis_is_called_by_our_rule() -> None:
    said = steady(np.random.default_rng(2), 10, 1, 60, crises=True)
    found = alarms(held(said)[OURS][0])
    for begin in said.crises[0]:
        assert any(begin <= place < begin + 8 * HOUR_BINS for place in found)


def test_an_alarm_is_followed_by_a_quiet_day() -> None:
    places = np.array([5, 6, 5 + DAY_BINS - 1, 5 + DAY_BINS, 6 + DAY_BINS, 9 + 3 * DAY_BINS])
    assert alarms(places) == [5, 5 + DAY_BINS, 9 + 3 * DAY_BINS]
    assert alarms(places[:0]) == []


@pytest.mark.parametrize(
    ("n", "k", "raw", "z", "exact"),
    [
        (20, 2, False, False, False),
        (20, 6, False, False, False),
        (20, 7, True, True, False),
        (20, 9, True, True, True),
        (4, 4, False, False, False),
        (100, 25, False, True, True),
        (100, 35, True, True, True),
    ],
)
def test_the_simpler_rules(n: int, k: int, raw: bool, z: bool, exact: bool) -> None:
    judged, bad, share = np.array([[n]]), np.array([[k]]), np.array([[0.12]])
    assert [rule(judged, bad, share).item() for rule in SIMPLE.values()] == [raw, z, exact]


def test_the_command_ends_with_a_line_a_volume(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--museums", "1", "--weeks", "5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("steady museums, 30 posts/h: false alarms a week: ")
