"""A pipeline killed at any publish, and fed again from the last cursor, ends the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas import Post, RemovalReason, TrackedPost, decode
from services.ingest.observations import AccountRemoval, Fact
from tests.unit.services.ingest.builders import NOW, World, make_post, make_world
from tests.unit.services.ingest.facts import (
    EGIZIO,
    RAW,
    TRACKED,
    handle,
    removal,
    snapshot,
)

FACTS = st.lists(
    st.one_of(
        st.builds(
            lambda n, v, tag: make_post(
                f"v{v}",
                post_id=f"x:{n}",
                version=v,
                hashtags=[tag],
                author={"native_id": f"a{n % 2}"},
            ),
            st.integers(1, 3),
            st.integers(1, 4),
            st.sampled_from(["egizio", "egizio", "other"]),
        ),
        st.builds(lambda n: removal(f"x:{n}"), st.integers(1, 3)),
        st.builds(
            lambda n: AccountRemoval("x", f"a{n}", RemovalReason.ACCOUNT_DELETED, NOW, NOW),
            st.integers(0, 1),
        ),
        st.builds(
            lambda n, likes: snapshot(f"x:{n}", likes=likes), st.integers(1, 3), st.integers(0, 9)
        ),
    ),
    max_size=8,
)


def in_order(batches: Sequence[Sequence[Fact]]) -> list[list[Fact]]:
    """Let the versions of each post rise, as platforms send them: of a newer one that concerned no
    museum nothing is kept, and an older one behind it is taken or not by when a crash came.
    """
    newest: dict[str, int] = {}

    def risen(fact: Fact) -> Fact:
        if not isinstance(fact, Post):
            return fact
        version = newest[fact.post_id] = max(fact.version, newest.get(fact.post_id, 0))
        return fact.model_copy(update={"version": version, "text": f"v{version}"})

    return [[risen(fact) for fact in facts] for facts in batches]


def compacted(world: World, topic: str) -> dict[str | None, Any]:
    last = {record.key: record.value for record in world.broker.of(topic)}
    return {key: json.loads(value) for key, value in last.items() if value is not None}


@given(batches=st.lists(FACTS, max_size=4).map(in_order), die_at=st.integers(0, 12))
async def test_a_crash_at_any_publish_changes_nothing_in_the_end(
    batches: list[list[Fact]], die_at: int
) -> None:
    undisturbed = make_world([EGIZIO])
    for facts in batches:
        await handle(undisturbed, *facts)

    world = make_world([EGIZIO])
    world.broker.die_at = die_at
    done = 0
    while done < len(batches):
        try:
            await handle(world, *batches[done])
            done += 1
        except ConnectionAbortedError:
            world.broker.die_at = None
            world = world.restarted()
    assert compacted(world, RAW) == compacted(undisturbed, RAW)
    assert set(compacted(world, TRACKED)) == set(compacted(undisturbed, TRACKED))
    # Whatever is published and not removed is tracked, so that its removal will be passed on.
    for record in world.broker.of(RAW):
        assert record.value is None or record.key in {r.key for r in world.broker.of(TRACKED)}
    assert set(compacted(world, RAW)) <= set(compacted(world, TRACKED))
    rows = [decode(TrackedPost, r.value) for r in world.broker.of(TRACKED) if r.value]
    assert all(row.museum_ids in ((), ("egizio",)) for row in rows)
