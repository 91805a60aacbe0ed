"""Events as records on their way out, and as they come in."""

from __future__ import annotations

from datetime import UTC, datetime

from aiokafka.structs import ConsumerRecord

from schemas import Counters, decode
from schemas import cloudevents as ce
from schemas.topics import POSTS_RAW
from services.common.records import event_record, received

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_an_event_becomes_a_record_with_its_headers() -> None:
    record = event_record(
        POSTS_RAW, ce.POST, "/test", "x:1", Counters(likes=3), NOW, traceparent="00-1-2-01"
    )
    assert (record.topic, record.key, record.partition) == (POSTS_RAW, "x:1", None)
    assert record.value is not None
    assert decode(Counters, record.value) == Counters(likes=3)
    headers = ce.as_mapping(record.headers)
    assert (ce.ce_type(headers), ce.ce_time(headers)) == (ce.POST, NOW)
    assert ce.traceparent(headers) == "00-1-2-01"


def test_a_record_is_taken_as_it_came() -> None:
    came: ConsumerRecord[bytes, bytes] = ConsumerRecord(
        "t", 1, 2, 3, 0, b"\xff", None, None, 1, 0, (("a", b"\xff"), ("b", b""), ("a", b"2"))
    )
    taken = received(came)
    assert (taken.topic, taken.partition, taken.offset, taken.timestamp) == ("t", 1, 2, 3)
    assert (taken.key, taken.value) == (b"\xff", None)
    assert taken.headers == {"a": b"2", "b": b""}
