"""The pictures: a series becomes a PNG, with its windows and alarms in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import pictures
from benchmarks.burst_series import Series
from benchmarks.pictures import draw_bursts, save

START = datetime(2026, 3, 2, tzinfo=UTC)


def make_series() -> Series:
    counts = [1] * (288 * 8)
    counts[288 * 7 + 140 : 288 * 7 + 150] = [20] * 10
    times = tuple(START + timedelta(minutes=5 * row) for row in range(len(counts)))
    return Series("one", times, tuple(counts), ((288 * 7, 288 * 7 + 200),))


def test_a_picture_holds_hours_windows_and_alarms() -> None:
    drawn = draw_bursts([make_series()]).to_dict()
    windows, volume, alarms = (
        drawn["datasets"][layer["data"]["name"]] for layer in drawn["vconcat"][0]["layer"]
    )
    assert len(volume) == 8 * 24
    assert len(windows) == 1
    assert len(alarms) == 1


def test_a_picture_is_written_as_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PICTURES", tmp_path / "pictures")
    path = save(draw_bursts([make_series()]), "one")
    assert path.read_bytes().startswith(b"\x89PNG")
