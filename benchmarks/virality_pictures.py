"""The virality curves: how soon viral posts are called, and how true the probabilities are."""

from __future__ import annotations

import altair as alt

from benchmarks.virality import Result

_CALLED, _CROSSED, _REACHED = "called", "past the threshold", "of its final engagement (median)"
_COLOURS = alt.Scale(domain=[_CALLED, _CROSSED, _REACHED], range=["#c2410c", "#1d4ed8", "#6b7280"])


def draw_virality(result: Result) -> alt.HConcatChart:
    """Draw a run: the course of viral posts on the left, calibration on the right."""
    pictures = alt.hconcat(_course(result), _calibration(result))
    picture: alt.HConcatChart = pictures.resolve_scale(color="independent")
    return picture


def _course(result: Result) -> alt.LayerChart | alt.FacetChart:
    points = [
        {"hours": hour.hours, "what": what, "share": share}
        for hour in result.course
        for what, share in (
            (_CALLED, hour.called),
            (_CROSSED, hour.crossed),
            (_REACHED, hour.reached),
        )
    ]
    median = next((hour.hours for hour in result.course if hour.called >= 0.5), None)
    lines = (
        alt.Chart(alt.InlineData(values=points))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("hours:Q", title="hours since the post was first seen"),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format="%")),
            color=alt.Color(
                "what:N", title=None, scale=_COLOURS, legend=alt.Legend(orient="bottom")
            ),
        )
    )
    half = (
        alt.Chart(alt.InlineData(values=[] if median is None else [{"hours": median}]))
        .mark_rule(strokeDash=[4, 4], color="#9ca3af")
        .encode(x="hours:Q")
    )
    return alt.layer(lines, half).properties(
        width=420, height=280, title=f"Viral posts of {result.file}"
    )


def _calibration(result: Result) -> alt.LayerChart | alt.FacetChart:
    points = [
        {"age": f"after {row.hours} h", "said": row.said, "true": row.true, "posts": row.posts}
        for row in result.calibration
    ]
    percent = alt.Axis(format="%")
    dots = (
        alt.Chart(alt.InlineData(values=points))
        .mark_point(filled=True, opacity=0.9)
        .encode(
            x=alt.X("said:Q", title="probability that was said", axis=percent),
            y=alt.Y("true:Q", title="came true", axis=percent),
            size=alt.Size("posts:Q", legend=None),
            color=alt.Color("age:N", title=None, legend=alt.Legend(orient="bottom")),
        )
    )
    line = (
        alt.Chart(alt.InlineData(values=[{"said": 0, "true": 0}, {"said": 1, "true": 1}]))
        .mark_line(strokeDash=[4, 4], color="#9ca3af")
        .encode(x="said:Q", y="true:Q")
    )
    return alt.layer(line, dots).properties(width=280, height=280, title="Said and come true")
