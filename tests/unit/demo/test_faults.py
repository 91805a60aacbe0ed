"""The queue of faults against a plain list of what must strike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from demo.faults import Fault, FaultPlan


class Named(Fault):
    name: str


PLANS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), max_size=6)


@given(PLANS, st.text(alphabet="ab", max_size=20))
def test_each_strikes_as_often_as_planned_in_order(plan: list[tuple[str, int]], met: str) -> None:
    faults: FaultPlan[Named] = FaultPlan()
    faults.add(*(Named(name=name, times=times) for name, times in plan))
    waiting = [name for name, times in plan for _ in range(times)]
    for name in met:
        struck = faults.take(lambda fault, name=name: fault.name == name)  # type: ignore[misc]
        assert (struck is not None) is (name in waiting)
        if struck is not None:
            assert struck.name == name
            waiting.remove(name)
    assert [f.name for f in faults.pending for _ in range(f.times or 0)] == waiting


def test_a_lasting_fault_stands_until_the_plan_is_cleared() -> None:
    faults: FaultPlan[Named] = FaultPlan()
    faults.add(Named(name="a", times=None), Named(name="b"))
    struck = [faults.take(lambda _: True) for _ in range(5)]
    assert [fault.name for fault in struck if fault is not None] == ["a"] * 5
    faults.clear()
    assert faults.take(lambda _: True) is None


@pytest.mark.parametrize("times", [0, -1])
def test_a_fault_strikes_at_least_once(times: int) -> None:
    with pytest.raises(ValidationError):
        Named(name="a", times=times)
