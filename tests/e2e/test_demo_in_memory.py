"""The judge passes on many days, with the services' own pipelines in one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.day import DATE, compose
from tests.e2e.in_memory import play_in_memory

SEEDS = tuple(range(100, 118))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", SEEDS)
async def test_the_day_is_as_its_truth_says(seed: int, tmp_path: Path) -> None:
    day = compose(seed, DATE)
    played = await play_in_memory(day, tmp_path)
    assert played.verdict.findings == ()
    assert played.verdict.sent == played.verdict.expected > 0
    assert {fate: count for fate, count in played.fates.items() if count} == day.truth.lines
