"""A worker's memory: what is asked for is really held, and told after each step."""

from __future__ import annotations

from benchmarks.worker_memory import measure


async def test_all_posts_and_museums_are_held() -> None:
    result = await measure(posts=40, museums=5, seed=1, scored=12)
    assert (result.posts, result.museums) == (40, 5)
    assert result.voices == 9  # of the last seven of 31 days
    assert 2000 < result.row_bytes < 20_000
    sizes = [step.memory_mb for step in result.steps]
    assert sizes[0] > 50
    assert sizes == sorted(sizes)
    assert f"| {result.steps[-1].what} | {sizes[-1]:,} MB |" in result.markdown()
