"""The pictures of docs/: ``python -m benchmarks.pictures`` draws them all again.

Of series and snapshots a picture keeps sums by the hour, never a row.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import altair as alt
import vl_convert

from benchmarks import virality
from benchmarks.burst_series import Series, alarm_rows, read_series
from benchmarks.virality_pictures import draw_virality
from services.enrich.unusual.bins import HOUR_BINS
from services.enrich.unusual.calendar import Calendar

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_WIDTH, _HEIGHT = 860, 110
_POSTS, _WINDOW, _ALARM = "#475569", "#fed7aa", "#c2410c"


def draw_bursts(series: Sequence[Series]) -> alt.VConcatChart:
    """Draw each series' posts an hour with its labelled windows and the rule's alarms."""
    chart: alt.VConcatChart = alt.vconcat(*map(_one_series, series), spacing=12).configure_view(
        stroke=None
    )
    return chart


def _one_series(series: Series) -> alt.LayerChart:
    hours = [
        {
            "at": series.times[row].isoformat(),
            "posts": sum(series.counts[row : row + HOUR_BINS]),
        }
        for row in range(0, len(series.counts), HOUR_BINS)
    ]
    windows = [
        {"from": series.times[first].isoformat(), "to": series.times[last].isoformat()}
        for first, last in series.windows
    ]
    alarms = [
        {"at": series.times[row].isoformat()}
        for row in alarm_rows(series, Calendar(ZoneInfo("UTC")))
    ]
    volume = (
        alt.Chart(alt.InlineData(values=hours))
        .mark_area(color=_POSTS, interpolate="step")
        .encode(
            x=alt.X("at:T", title=None, scale=alt.Scale(type="utc")),
            y=alt.Y("posts:Q", title="posts an hour", scale=alt.Scale(type="sqrt")),
        )
    )
    labelled = (
        alt.Chart(alt.InlineData(values=windows))
        .mark_rect(color=_WINDOW)
        .encode(x="from:T", x2="to:T")
    )
    raised = alt.Chart(alt.InlineData(values=alarms)).mark_rule(color=_ALARM).encode(x="at:T")
    chart: alt.LayerChart = (labelled + volume + raised).properties(
        width=_WIDTH, height=_HEIGHT, title=series.name
    )
    return chart


def save(chart: alt.TopLevelMixin, name: str) -> Path:
    """Write a chart as PNG and return where it lies."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    path.write_bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=1.0))
    return path


def main(arguments: Sequence[str]) -> int:
    """Draw all pictures whose data is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__)
    parser.add_argument("--series", type=Path, help="folder of labelled series")
    parser.add_argument("--windows", type=Path, help="JSON: file name to [first, last] windows")
    given = parser.parse_args(arguments)
    folder = given.series
    if folder is None and (data := os.environ.get("PASSAPAROLA_DATA")):
        folder = Path(data) / "bursts"
    if folder is None:
        parser.error("no series: give --series DIR, or set PASSAPAROLA_DATA")
    try:
        series = read_series(folder, given.windows or folder / "windows.json")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(save(draw_bursts(series), "bursts"))
    if virality.RESULT.exists():
        kept = virality.Result.model_validate_json(virality.RESULT.read_text(encoding="utf-8"))
        print(save(draw_virality(kept), "virality"))
    else:
        print(f"no {virality.RESULT.name}: run python -m benchmarks.virality --write first")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
