"""Labelled series: read from files of the published shape, thinned, and followed."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.burst_series import Series, alarm_rows, follow, read_series
from benchmarks.bursts import main
from services.enrich.unusual.bins import bin_of
from services.enrich.unusual.calendar import Calendar

START = datetime(2015, 2, 26, 21, 42, 53, tzinfo=UTC)
ROWS = 288 * 20


def make_counts() -> list[int]:
    chance = Random(1)
    counts = [sum(chance.random() < 0.1 for _ in range(20)) for _ in range(ROWS)]
    for row in range(5000, 5012):
        counts[row] += 30
    return counts


def write_series(folder: Path, name: str = "volume_A.csv", *, zipped: bool = True) -> Path:
    times = [START + timedelta(minutes=5 * row) for row in range(ROWS)]
    lines = ["timestamp,value"]
    lines += [f"{at:%Y-%m-%d %H:%M:%S},{n}" for at, n in zip(times, make_counts(), strict=True)]
    text = "\n".join(lines) + "\n"
    if zipped:
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    else:
        (folder / name).write_text(text, encoding="utf-8")
    limits = [f"{times[row]:%Y-%m-%d %H:%M:%S.%f}" for row in (4990, 5200)]
    windows = folder / "windows.json"
    windows.write_text(json.dumps({f"realTweets/{name}": [limits]}), encoding="utf-8")
    return windows


@pytest.mark.parametrize("zipped", [True, False])
def test_files_are_read_and_a_burst_is_found(tmp_path: Path, zipped: bool) -> None:
    [series] = read_series(tmp_path, write_series(tmp_path, zipped=zipped))
    assert series.windows == ((4990, 5200),)
    assert series.counts == tuple(make_counts())
    rows = alarm_rows(series, Calendar())
    assert len(rows) == 1
    assert 5000 <= rows[0] <= 5006


def test_gaps_and_rows_that_share_a_bin_are_followed() -> None:
    counts = make_counts()
    times = [START + timedelta(minutes=5 * row) for row in range(ROWS)]
    whole = Series("a", tuple(times), tuple(counts), ())
    kept = [row for row in range(ROWS) if not 3000 <= row < 3010]
    twice = [row for row in kept for _ in (0, 1)]
    gappy = Series(
        "a",
        tuple(times[row] + timedelta(seconds=n % 2) for n, row in enumerate(twice)),
        tuple(counts[row] if n % 2 else 0 for n, row in enumerate(twice)),
        (),
    )
    [row] = alarm_rows(whole, Calendar())
    [other] = alarm_rows(gappy, Calendar())
    assert bin_of(gappy.times[other]) == bin_of(times[row])


def test_thinning_keeps_a_mean_hour_of_so_many() -> None:
    counts = tuple(make_counts())
    series = Series("a", tuple(START for _ in counts), counts, ())
    thin = series.thinned(3, np.random.default_rng(1))
    assert np.mean(thin.counts) * 12 == pytest.approx(3, rel=0.1)
    assert all(less <= more for less, more in zip(thin.counts, counts, strict=True))
    assert series.thinned(10_000, np.random.default_rng(1)).counts == counts


def test_nothing_is_found_in_nothing() -> None:
    assert follow([0] * 5000, 1, Calendar()) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("volume_B.csv", "timestamp,value\n", "no file volume_A.csv"),
        ("volume_A.csv", "timestamp,value\n", "has no rows"),
        ("volume_A.csv", "time,value\n2015-01-01,3\n", "line 2: needs the columns"),
        ("volume_A.csv", "timestamp,value\n2015-01-01,x\n", "line 2: needs the columns"),
        ("volume_A.csv", "timestamp,value\n2015-01-01,3\n", "where a window begins or ends"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    windows = tmp_path / "windows.json"
    limits = [["2016-01-01 00:00:00", "2016-01-02 00:00:00"]]
    windows.write_text(json.dumps({"volume_A.csv": limits}), encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_series(tmp_path, windows)
    assert main(["--series", str(tmp_path), "--windows", str(windows)]) == 1
    assert said in capsys.readouterr().err


def test_the_command_ends_with_a_line_a_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    windows = write_series(tmp_path)
    folder = ["--series", str(tmp_path), "--windows", str(windows)]
    assert main([*folder, "--only", "series", "--draws", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("standard score: ") for line in lines)
    assert any(line.startswith("standard score, thinned to 3 posts/h: ") for line in lines)
