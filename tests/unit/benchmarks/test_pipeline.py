from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.pipeline import RESULT, read_plan

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_full_run_goes_to_the_stored_result() -> None:
    plan, out = read_plan([])
    assert out == RESULT
    assert plan.rates == (50.0, 200.0)


def test_a_quick_run_writes_nothing_unless_asked(tmp_path: Path) -> None:
    assert read_plan(["--quick"])[1] is None
    assert read_plan(["--quick", "--out", str(tmp_path / "a.json")])[1] == tmp_path / "a.json"


def test_no_load_goes_back_in_time_and_none_lies_ahead_of_the_clock() -> None:
    plan, _ = read_plan(["--posts", "5000", "--rate", "10,20.5,400"])
    loads = plan.loads(NOW)
    assert [load.rate for load in loads[2:]] == [10.0, 20.5, 400.0]
    assert all(
        after.start - before.end >= timedelta(minutes=15) for before, after in pairwise(loads)
    )
    assert loads[-1].end < NOW
    assert len({load.name for load in loads}) == len(loads)
    assert all(load.alerting_after(plan.warm_up_seconds) for load in loads[2:])


@pytest.mark.parametrize(
    "arguments", [["--rate", "fast"], ["--rate", ""], ["--rate", "0.5"], ["--posts", "3"]]
)
def test_what_cannot_be_measured_is_refused_at_once(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_plan(arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err
