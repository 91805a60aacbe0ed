"""What we override of Faust, mode and aiokafka, or rely on, is still what it was when we read it.

A change upstream is not a fault, and nobody would see what it breaks: a record lost at a
rebalance, a row of a partition that moved away. So each hash says what to read again.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import MessageAccumulator
from faust.app.base import App
from faust.contrib.asgi import faust_app_running
from faust.stores import base
from faust.streams import Stream
from faust.tables.base import Collection
from faust.tables.recovery import Recovery
from faust.tables.table import Table
from faust.transport import consumer as consumers
from faust.transport.drivers import aiokafka as driver
from mode.services import Service

from services.common.streams import rows, transport

READ: list[tuple[Callable[..., Any], str, str]] = [
    (
        consumers.Consumer._drain_messages,
        "44a2500309e83c63",
        "it calls wait_first with the hand-over first and the end of the flow second",
    ),
    (
        Service.wait_first,
        "feade6a31f8a6789",
        "transport.Consumer.wait_first gives its answer by hand",
    ),
    (
        consumers.Consumer._wait_next_records,
        "6218e1969a636b3f",
        "its sleep(1) is the one that transport.Consumer shortens",
    ),
    (Service.sleep, "377e95908e87497d", "transport.Consumer.sleep passes everything on"),
    (
        consumers.Consumer._add_gap,
        "4df2573ded7c1c2c",
        "transport.Consumer._add_gap counts and passes on",
    ),
    (
        Stream.take_events,
        "607d48aead118ba8",
        "a batch is acknowledged when the loop asks for the next",
    ),
    (
        Recovery._slurp_changelogs.fun,
        "7825c7e50f766d5a",
        "it hands changelogs to the table in batches",
    ),
    (Collection._new_store, "914a2bda605d38f5", "rows._RowTable gives a store of its own"),
    (
        Collection.apply_changelog_batch,
        "b980a78d3ae9b1e8",
        "rows._PartitionedStore.apply_changelog_batch is given what this is given",
    ),
    (
        Collection.on_rebalance,
        "0812ad692171a8fd",
        "it tells the store which partitions were taken away",
    ),
    (
        Collection.persisted_offset,
        "d473d3ab3fd6f036",
        "recovery goes on behind what the store says it has read",
    ),
    (Collection.reset_state, "68190a499a6fe7e1", "it forgets what lies on disk"),
    (
        Recovery.on_recovery_completed,
        "6ef567acf072e46d",
        "it resumes the streams, seeks them, and only then lets them flow",
    ),
    (
        Recovery._add,
        "1584a197b11bf835",
        "it asks the store up to where it has read",
    ),
    (
        consumers.Consumer.perform_seek,
        "0e8c130ff4b0afd8",
        "it asks seek_to_committed, which transport.Consumer completes",
    ),
    (
        consumers.Consumer.getmany,
        "4b168d84882a70d6",
        "what was fetched while the flow stood is fetched again",
    ),
    (
        App._on_partitions_revoked,
        "d5c895bbe57dc73a",
        "while the app stops it only closes the consumer, which transport.Consumer leaves",
    ),
    (
        consumers.Consumer.on_partitions_revoked,
        "d04b7ae72c6fc206",
        "transport.Consumer.on_partitions_revoked passes on once nothing is in hand",
    ),
    (
        consumers.Consumer.wait_empty,
        "e4662fe24f094819",
        "it commits what is done and may run twice at once",
    ),
    (App._stop_consumer, "55854a5de12c3f52", "what is in hand is done before a worker ends"),
    (
        AIOKafkaProducer.stop,
        "43ef97147111893b",
        "publisher.Producer.abandon does it without a flush",
    ),
    (
        MessageAccumulator.fail_all,
        "f1e12e8100bfcb8c",
        "publisher.Producer.abandon lets go of what waits",
    ),
    (faust_app_running, "3c52452792c39208", "what was handled is committed when it stops"),
]
OVERRIDDEN = [
    (transport.Consumer, driver.Consumer),
    (transport.Transport, driver.Transport),
    (rows._PartitionedStore, base.Store),
    (rows._RowTable, Table),
]
"""Ours and theirs."""


def fingerprint(function: Callable[..., Any]) -> str:
    """A hash of the source as it is written, which no version of Python changes."""
    source = inspect.getsource(inspect.unwrap(function))
    return hashlib.sha256(source.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("function", "known", "why"), READ, ids=[entry[0].__qualname__ for entry in READ]
)
def test_upstream_is_what_we_read(function: Callable[..., Any], known: str, why: str) -> None:
    found = fingerprint(function)
    assert found == known, (
        f"{function.__module__}.{function.__qualname__} has changed ({known} is now {found}). "
        f"Read it again: {why}. Then run tests/integration/common and write the new hash here."
    )


@pytest.mark.parametrize(("ours", "theirs"), OVERRIDDEN)
def test_what_we_override_is_still_there(ours: type[Any], theirs: type[Any]) -> None:
    own = {"_looking_for_records", "_clear", "by_partition"}
    for name in vars(ours):
        if not name.startswith("__") and name not in own:
            assert hasattr(theirs, name), f"{theirs.__qualname__}.{name} is gone: who calls ours?"
