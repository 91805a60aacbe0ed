"""The speed of scoring: every step is measured, and told with its limit."""

import random
from itertools import pairwise

from benchmarks.scoring_speed import Cost, make_snapshots, measure
from schemas import COUNTERS


def test_posts_grow_and_never_fall() -> None:
    for snapshots in make_snapshots(5, random.Random(1)):
        assert len(snapshots) == 60
        for earlier, later in pairwise(snapshots):
            assert later.observed_at > earlier.observed_at
            for name in COUNTERS:
                assert (getattr(later, name) or 0) >= (getattr(earlier, name) or 0)


def test_every_step_is_measured_and_state_is_small() -> None:
    result = measure(posts=12, seed=1)
    assert all(cost.cost > 0 for cost in result.costs)
    [state] = [cost for cost in result.costs if cost.what == "state of a post"]
    assert state.cost <= 1024
    assert "| state of a post |" in result.markdown()


def test_a_cost_is_told_with_its_limit() -> None:
    assert Cost(what="a", cost=21.26, unit="µs", limit=30).line() == "| a | 21.3 µs | 30 µs |"
    assert Cost(what="b", cost=1234, unit="bytes").line() == "| b | 1,234.0 bytes |  |"
