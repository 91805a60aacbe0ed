"""Rows: a Faust table whose memory is kept by partition and whose changes we publish ourselves.

Faust recovers it from the changelog and moves it with the partitions. A change is returned as
a record, so that it goes out through the same idempotent producer as the outputs, and is awaited
with them; Faust's own buffer loses a delivery silently. In memory rows are compressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import cramjam
import faust
from faust.stores import base
from faust.types import TP, EventT

from schemas.cloudevents import headers_for
from schemas.topics import Topic
from services.common.clock import Clock
from services.common.errors import Fatal
from services.common.publisher import check_size
from services.common.records import Record

_ROW = "passaparola.row.v1"


class PartitionRows:
    """The rows of one partition, and the offset up to which its changelog was read into them.

    A worker's memory is nearly all rows; LZ4 makes two of three, for a few microseconds each.
    """

    def __init__(self) -> None:
        self.read_to = -1
        self._packed: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._packed)

    def get(self, key: str) -> bytes | None:
        """Return a row, or ``None``."""
        packed = self._packed.get(key)
        return None if packed is None else _unpack(packed)

    def set(self, key: str, row: bytes | None) -> None:
        """Set a row, or forget it."""
        if row is None:
            self._packed.pop(key, None)
        else:
            self._packed[key] = bytes(cramjam.lz4.compress_block(row))

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Go over the rows as they are at this moment."""
        return ((key, _unpack(packed)) for key, packed in list(self._packed.items()))


def _unpack(packed: bytes) -> bytes:
    return bytes(cramjam.lz4.decompress_block(packed))


class _PartitionedStore(base.Store[str, bytes]):
    """Keeps the rows of each partition that is ours apart, and takes nothing for any other."""

    def __post_init__(self) -> None:
        self.by_partition: dict[int, PartitionRows] = {}

    def _clear(self) -> None:
        self.by_partition.clear()

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], Any],
        to_value: Callable[[Any], Any],
    ) -> None:
        for event in batch:
            rows = self.by_partition.get(event.message.partition)
            if rows is None:  # left over from before a rebalance
                continue
            rows.read_to = event.message.offset
            rows.set((event.message.key or b"").decode("utf-8"), event.message.value)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        changelog = self.table.changelog_topic.get_topic_name()
        ours = {tp.partition for tp in assigned if tp.topic == changelog}
        self.by_partition = {p: self.by_partition.get(p, PartitionRows()) for p in ours}

    def persisted_offset(self, tp: TP) -> int | None:
        """Where recovery goes on: what Faust remembers may be of rows that we forgot."""
        rows = self.by_partition.get(tp.partition)
        return None if rows is None else rows.read_to

    def reset_state(self) -> None:
        """Nothing lies on disk."""

    async def backup_partition(
        self, tp: Any, flush: bool = True, purge: bool = False, keep: int = 1
    ) -> None:
        """Nothing lies on disk."""

    def restore_backup(self, tp: Any, latest: bool = True, backup_id: int = 0) -> None:
        """Nothing lies on disk."""


class _RowTable(faust.Table):  # type: ignore[type-arg]
    """A Faust table over the store above."""

    def _new_store(self) -> _PartitionedStore:
        return _PartitionedStore("memory://", self.app, self, table_name=self.name, loop=self.loop)


class Rows:
    """Rows of bytes by partition and key. ``topic`` is their changelog in the table of topics."""

    def __init__(self, app: faust.App, name: str, topic: Topic, source: str, clock: Clock) -> None:
        self._topic = topic
        self._source = source
        self._clock = clock
        self._table = _RowTable(
            app,
            name=name,
            changelog_topic=app.topic(
                topic.name,
                key_serializer="raw",
                value_serializer="raw",
                compacting=True,
                deleting=False,
            ),
        )
        app.tables.add(self._table)

    def get(self, partition: int, key: str) -> bytes | None:
        """Return a row, or ``None``."""
        return self._rows(partition).get(key)

    def put(self, partition: int, key: str, row: bytes | None) -> Record:
        """Set or delete a row in memory; the change is done once the returned record is published.

        Raises ``Poison`` for a row that Kafka would not take, with nothing changed.
        """
        headers = headers_for(_ROW, self._source, key, row, self._clock.now())
        record = Record(self._topic, key, row, headers, partition=partition)
        check_size(record)
        self._rows(partition).set(key, row)
        return record

    def of_partition(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Go over the rows of a partition as they are at this moment."""
        return self._rows(partition).items()

    def count(self) -> int:
        """Rows held by this worker."""
        return sum(len(rows) for rows in self._by_partition.values())

    def _rows(self, partition: int) -> PartitionRows:
        try:
            return self._by_partition[partition]
        except KeyError:
            # With no rows everything would look new, and be published as such.
            raise Fatal(f"partition {partition} of {self._topic.name} is not ours") from None

    @property
    def _by_partition(self) -> dict[int, PartitionRows]:
        return cast(_PartitionedStore, self._table.data).by_partition
