"""Time in a partition is never ahead of any of its inputs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.enrich.watermark import Watermark
from tests.unit.services.enrich.worlds import at

_ticks = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), max_size=40)


def test_time_is_unknown_until_every_input_has_ticked() -> None:
    time = Watermark(2)
    assert not time.tick("raw", at(5))
    assert not time.tick("raw", at(9))
    assert time.now is None
    assert time.tick("engagement", at(7))
    assert time.now == at(7)


def test_time_does_not_move_twice_to_the_same_instant() -> None:
    time = Watermark(1)
    assert time.tick("raw", at(5))
    assert not time.tick("raw", at(5))


@given(_ticks)
def test_time_is_the_smallest_of_the_last_ticks_and_never_goes_back(
    ticks: list[tuple[int, int]],
) -> None:
    time = Watermark(3)
    last: dict[int, int] = {}
    before = None
    for source, minutes in ticks:
        last[source] = max(minutes, last.get(source, 0))
        moved = time.tick(source, at(minutes))
        expected = at(min(last.values())) if len(last) == 3 else None
        assert time.now == expected
        assert moved == (time.now != before)
        before = time.now
