"""Reads topics as a subscriber would: whole, in order, and as their compacted view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas.topics import HEARTBEAT_KEY, is_tick_key
from services.common.records import Received, received

_POLL_MS = 200
TOLERANCE = 1e-9


async def read(bootstrap: str, *topics: str) -> list[Received]:
    """All that topics hold at this moment, each partition in order."""
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    found: list[Received] = []
    try:
        tps = sorted(consumer.assignment())
        ends = await consumer.end_offsets(tps)
        await consumer.seek_to_beginning(*tps)
        while any([await consumer.position(tp) < ends[tp] for tp in tps]):
            for records in (await consumer.getmany(timeout_ms=_POLL_MS)).values():
                found += map(received, records)
    finally:
        await consumer.stop()
    return sorted(found, key=lambda record: (record.topic, record.partition, record.offset))


async def ends(bootstrap: str, *topics: str) -> dict[tuple[str, int], int]:
    """The end offset of every partition of topics."""
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        found = await consumer.end_offsets(sorted(consumer.assignment()))
    finally:
        await consumer.stop()
    return {(tp.topic, tp.partition): end for tp, end in found.items()}


async def backlog(bootstrap: str, group: str, *topics: str) -> dict[tuple[str, int], int]:
    """By partition how many records a group has not committed; only where there are any."""
    at_end = await ends(bootstrap, *topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        committed = await admin.list_consumer_group_offsets(group)
    except KafkaError as error:
        if not error.retriable:
            raise
        committed = {}  # a broker that has just started does not know yet
    finally:
        await admin.close()
    done = {tp: offset.offset for tp, offset in committed.items()}
    behind = {tp: end - max(0, done.get(TopicPartition(*tp), 0)) for tp, end in at_end.items()}
    return {tp: count for tp, count in behind.items() if count}


def compacted(records: Iterable[Received]) -> dict[str, bytes]:
    """The last value under each key, as compaction leaves it: no nulls, no ticks."""
    last = {text(record): record.value for record in records if is_of_data(record)}
    return {key: value for key, value in last.items() if value is not None}


def partitions_by_key(records: Iterable[Received]) -> Mapping[str, set[int]]:
    """The partitions in which each key was seen; more than one is a fault."""
    seen: dict[str, set[int]] = defaultdict(set)
    for record in records:
        if is_of_data(record):
            seen[text(record)].add(record.partition)
    return seen


def text(record: Received) -> str:
    """A record's key as text."""
    return (record.key or b"").decode("utf-8", "replace")


def is_of_data(record: Received) -> bool:
    """Whether a record is neither a tick nor a heartbeat."""
    return not is_tick_key(text(record)) and text(record) != HEARTBEAT_KEY


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where two JSON values differ, floats by more than 1e-9."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for name in sorted(expected.keys() | found.keys())
            for line in differences(
                expected.get(name, "absent"), found.get(name, "absent"), f"{path}/{name}"
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for i, (a, b) in enumerate(zip(expected, found, strict=True))
            for line in differences(a, b, f"{path}/{i}")
        ]
    if isinstance(expected, float) and isinstance(found, float):
        same = abs(expected - found) <= TOLERANCE
    else:
        same = expected == found
    return [] if same else [f"{path}: expected {expected!r}, found {found!r}"]
