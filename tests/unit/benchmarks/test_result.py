from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pipeline import RESULT
from benchmarks.result import DOCS, Result, Throughput, percentiles, put_between_markers


def test_percentiles_are_of_the_nearest_rank() -> None:
    found = percentiles([number / 100 for number in range(100, 0, -1)])
    assert (found.p50, found.p95, found.p99) == (0.5, 0.95, 0.99)


def test_percentiles_of_few_are_the_largest() -> None:
    found = percentiles([0.1, 0.2, 0.3])
    assert (found.p50, found.p95, found.p99) == (0.2, 0.3, 0.3)


def test_percentiles_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentiles([])


@given(st.lists(st.floats(0, 100), min_size=1))
def test_no_percentile_leaves_the_sample(seconds: list[float]) -> None:
    found = percentiles(seconds)
    assert found.p50 <= found.p95 <= found.p99 <= round(max(seconds), 4)
    at_most_p95 = sum(round(second, 4) <= found.p95 for second in seconds)
    assert at_most_p95 >= 0.95 * len(seconds)


def test_rates_are_amounts_by_time() -> None:
    row = Throughput(what="x", posts=500, records=1_100, seconds=2.0, cpu={}, others=0.0)
    assert (row.posts_per_second, row.records_per_second) == (250.0, 550.0)


def test_text_between_markers_is_replaced_and_the_rest_kept(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- some: begin -->\nold\n<!-- some: end -->\nafter\n")
    put_between_markers("some", "new", page)
    put_between_markers("some", "newer", page)
    assert page.read_text() == (
        "before\n<!-- some: begin -->\n\nnewer\n\n<!-- some: end -->\nafter\n"
    )


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- some: begin -->\n")
    with pytest.raises(ValueError, match="lacks the markers"):
        put_between_markers("some", "new", page)
    assert page.read_text() == "<!-- some: begin -->\n"


def test_the_page_shows_the_stored_result() -> None:
    stored = Result.model_validate_json(RESULT.read_bytes())
    assert stored.markdown() in DOCS.read_text(encoding="utf-8")


def test_limits_follow_from_processor_time() -> None:
    stored = Result.model_validate_json(RESULT.read_bytes())
    rows = (
        Throughput(
            what="enrich alone, one worker",
            posts=1_000,
            records=2_000,
            seconds=9.0,
            cpu={"enrich": 0.5, "Kafka": 0.1},
            others=0.0,
        ),
        Throughput(
            what="whole chain",
            posts=1_000,
            records=2_000,
            seconds=9.0,
            cpu={"enrich": 0.5, "alerts": 0.3, "benchmark": 7.0},
            others=0.0,
        ),
    )
    machine = stored.machine.model_copy(update={"cores": 2})
    said = stored.model_copy(update={"throughput": rows, "machine": machine}).limits()
    assert "at most 2,000 posts/s (0.50 ms a post" in said
    assert "costs 0.80 ms (enrich 0.50, alerts 0.30), so 2 cores take at most 2,500 posts/s" in said
