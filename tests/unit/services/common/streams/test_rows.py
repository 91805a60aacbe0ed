"""Rows by partition: what is changed, what is recovered, and what goes with its partition."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import faust
import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import POST_ROWS
from services.common.clock import SetClock
from services.common.errors import Fatal, Poison
from services.common.streams import Rows
from services.common.streams.rows import PartitionRows, _PartitionedStore

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def rows() -> Rows:
    app = faust.App("test", broker="kafka://127.0.0.1:1", store="memory://", web_enabled=False)
    rows = Rows(app, "posts", POST_ROWS, "/test", SetClock(NOW))
    await assign(rows, 0, 1, 2, 3)
    return rows


async def assign(rows: Rows, *partitions: int) -> None:
    ours = {TP(POST_ROWS.name, n) for n in partitions} | {TP("posts.raw", 9)}
    await store_of(rows).on_rebalance(ours, set(), set())


def store_of(rows: Rows) -> Any:
    return cast(_PartitionedStore, rows._table.data)


def changed(partition: int, key: bytes | None, value: bytes | None, offset: int = 0) -> Any:
    message = SimpleNamespace(partition=partition, key=key, value=value, offset=offset)
    return SimpleNamespace(message=message)


async def test_a_change_is_a_record_of_the_changelog_in_the_rows_partition(rows: Rows) -> None:
    record = rows.put(3, "x:1", b"row")
    assert (record.topic, record.partition, record.key, record.value) == (
        POST_ROWS, 3, "x:1", b"row",
    )  # fmt: skip
    assert rows.get(3, "x:1") == b"row"
    assert rows.get(2, "x:1") is None
    assert rows.put(3, "x:1", None).value is None
    assert rows.get(3, "x:1") is None
    rows.put(3, "never", None)


@given(st.binary(max_size=2_000))
def test_a_row_is_kept_to_the_byte(row: bytes) -> None:
    partition = PartitionRows()
    partition.set("x:1", row)
    assert partition.get("x:1") == row
    assert list(partition.items()) == [("x:1", row)]


async def test_a_row_that_is_too_large_changes_nothing(rows: Rows) -> None:
    rows.put(0, "x:1", b"row")
    with pytest.raises(Poison, match="enrich-posts-changelog"):
        rows.put(0, "x:1", b"x" * (POST_ROWS.max_bytes + 1))
    assert rows.get(0, "x:1") == b"row"


async def test_rows_may_change_while_they_are_gone_over(rows: Rows) -> None:
    for n in range(5):
        rows.put(1, f"x:{n}", b"row")
    rows.put(2, "y:1", b"row")
    for key, _ in rows.of_partition(1):
        rows.put(1, key, None)
    assert rows.count() == 1


async def test_what_was_written_is_recovered(rows: Rows) -> None:
    changes = [
        changed(1, b"x:1", b"old"),
        changed(1, b"x:2", b"row"),
        changed(2, b"x:1", b"other"),
        changed(1, b"x:1", b"new"),
        changed(1, b"x:2", None),
        changed(1, b"never", None),
        changed(1, b"heartbeat", None),
    ]
    store_of(rows).apply_changelog_batch(changes, lambda key: key, lambda value: value)
    assert dict(rows.of_partition(1)) == {"x:1": b"new"}
    assert dict(rows.of_partition(2)) == {"x:1": b"other"}


async def test_rows_go_with_their_partition_and_no_others(rows: Rows) -> None:
    rows.put(1, "x:1", b"row")
    rows.put(2, "x:2", b"row")
    rows.put(3, "x:3", b"row")
    await assign(rows, 2, 3)
    assert [rows.get(n, f"x:{n}") for n in (2, 3)] == [b"row", b"row"]
    await assign(rows, 1, 2, 3)
    assert rows.get(1, "x:1") is None


async def test_a_partition_that_is_not_ours_is_not_taken_for_empty(rows: Rows) -> None:
    await assign(rows, 2)
    with pytest.raises(Fatal, match="partition 1 of enrich-posts-changelog is not ours"):
        rows.get(1, "x:1")


async def test_recovery_goes_on_where_the_rows_end(rows: Rows) -> None:
    store = store_of(rows)
    changes = [changed(1, b"x:1", b"row", offset=7), changed(2, b"x:2", b"row", offset=9)]
    store.apply_changelog_batch(changes, lambda key: key, lambda value: value)
    assert [store.persisted_offset(TP(POST_ROWS.name, n)) for n in (0, 1, 2)] == [-1, 7, 9]
    await assign(rows, 2)
    # Left over from before: it must neither bring the rows back nor move the place to go on.
    store.apply_changelog_batch(changes[:1], lambda key: key, lambda value: value)
    await assign(rows, 1, 2)
    assert [store.persisted_offset(TP(POST_ROWS.name, n)) for n in (1, 2)] == [-1, 9]
    assert rows.get(1, "x:1") is None
