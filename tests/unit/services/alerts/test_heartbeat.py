"""What keeps Kafka cleaning the incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from schemas import cloudevents
from schemas.topics import HEARTBEAT_KEY, INCIDENTS
from services.alerts.heartbeat import Heartbeat
from services.common.clock import SetClock
from services.common.records import Record
from tests.unit.services.alerts.samples import AT


async def test_each_partition_of_ours_is_written_to_every_hour() -> None:
    written: list[Record] = []

    async def publish(records: Sequence[Record]) -> None:
        written.extend(records)

    clock = SetClock(AT)
    heart = Heartbeat(publish, clock)
    beats: dict[int, list[int]] = {}
    for minutes in range(0, 190, 10):
        clock.advance_to(AT + timedelta(minutes=minutes))
        # A partition comes to us late, and goes again.
        await heart.run({0, 3} if 50 <= minutes < 120 else {0})
        for record in written:
            assert record.partition is not None
            beats.setdefault(record.partition, []).append(minutes)
            assert (record.topic, record.key, record.value) == (INCIDENTS, HEARTBEAT_KEY, None)
            assert cloudevents.ce_type(dict(record.headers)) == cloudevents.HEARTBEAT
        written.clear()
    assert beats == {0: [0, 60, 120, 180], 3: [50, 110]}
