"""What the contract says of a forecast."""

from __future__ import annotations

import re

import pytest

from services.enrich.post_row import fold_snapshot
from services.enrich.usual import Usual
from tests.unit.services.enrich.test_post_row import V1, fold, render
from tests.unit.services.enrich.worlds import make_snapshot


def test_the_numbers_stand_beside_the_sentence() -> None:
    row = fold(V1, *(make_snapshot(minutes, likes=minutes) for minutes in range(10, 70, 10)))
    said = render(row)["virality"]
    assert 0 < said["probability"] < 1
    assert said["low"] < said["expected"] < said["high"]
    assert said["growth_per_hour"] > 0
    assert said["threshold"] == 200
    [percent] = re.findall(r"\((\d+)%\)", said["explanation"])
    assert int(percent) == pytest.approx(100 * said["probability"], abs=1)
    assert (said["viral"], said["status"], said["calls"]) == (False, "off", 0)


def test_a_look_that_comes_late_raises_the_marks_and_so_the_forecast() -> None:
    row = fold(V1, make_snapshot(60, likes=40))
    late = fold_snapshot(row, make_snapshot(50, likes=90), Usual())
    assert row.virality is not None
    assert late.virality is not None
    assert late.virality.expected is not None
    assert row.virality.expected is not None
    assert late.virality.expected > row.virality.expected
    assert late.counters == row.counters


def test_a_purge_is_said() -> None:
    counts = [(30, 900), (60, 300), (90, 290)]
    row = fold(V1, *(make_snapshot(minutes, likes=likes) for minutes, likes in counts))
    said = render(row)["virality"]
    assert said["corrected_at"] is not None
    assert "taken back" in said["explanation"]
    assert said["calls"] == 1
