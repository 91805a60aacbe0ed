"""What a museum costs: every volume is measured, and no state is larger than is allowed."""

from __future__ import annotations

from benchmarks.museum_speed import measure


def test_states_stay_within_what_is_allowed() -> None:
    costs = measure([3, 1000])
    assert [cost.posts_a_day for cost in costs] == [3, 1000]
    for cost in costs:
        assert cost.share_of_allowed < 1
        assert 0 < cost.tick_us <= cost.tick_and_look_us
