"""What a batch writes goes out in order, at barriers, at its end, and last its ticks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from schemas.topics import MAX_POST_BYTES, POSTS_ENRICHED, POSTS_RAW
from services.common.errors import Fatal, Poison
from services.common.outbound import Outbound
from services.common.records import Record


def record(key: str, size: int = 1) -> Record:
    return Record(POSTS_RAW, key, b"x" * size)


class Sink:
    def __init__(self) -> None:
        self.calls: list[list[str | None]] = []
        self.fault: Exception | None = None

    async def publish(self, records: Sequence[Record]) -> None:
        if self.fault is not None:
            raise self.fault
        self.calls.append([one.key for one in records])


async def test_nothing_goes_out_before_a_flush_and_each_only_once() -> None:
    sink = Sink()
    out = Outbound(sink.publish)
    await out.add([record("a")])
    await out.add([record("b")])
    assert sink.calls == []
    await out.flush()
    await out.flush()
    await out.finish()
    assert sink.calls == [["a", "b"]]


async def test_what_comes_at_the_end_waits_for_all_the_rest_to_be_there() -> None:
    sink = Sink()
    out = Outbound(sink.publish)
    out.add_at_end("tick/0", lambda: [record("old tick")])
    await out.add([record("a")])
    out.add_at_end("tick/0", lambda: [record("tick")])
    await out.flush()
    await out.add([record("b")])
    await out.finish()
    assert sink.calls == [["a"], ["b"], ["tick"]]
    await out.finish()
    assert len(sink.calls) == 3


async def test_a_record_that_is_too_large_is_its_handlers_fault() -> None:
    sink = Sink()
    out = Outbound(sink.publish)
    with pytest.raises(Poison, match=r"262145 bytes are over the 262144 of posts\.raw"):
        await out.add([record("a"), record("b", MAX_POST_BYTES + 1)])
    await out.flush()
    assert sink.calls == []
    await out.add([Record(POSTS_ENRICHED, "m/x:1", b"x" * (MAX_POST_BYTES + 1))])


async def test_what_the_broker_refuses_is_never_taken_for_the_record_in_hand() -> None:
    sink = Sink()
    out = Outbound(sink.publish)
    await out.add([record("a")])
    sink.fault = Poison("refused_by_broker", "too large after all")
    with pytest.raises(Fatal, match="too large after all"):
        await out.flush()
