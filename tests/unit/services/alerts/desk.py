"""The keeping and delivering half of alerts without Kafka: a database, channels, a set clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from schemas import EnrichedPost, Museum
from services.alerts.channels import Channel
from services.alerts.delivery import Delivery
from services.alerts.messages import Kind
from services.alerts.outbox import Outbox
from services.alerts.reading import read
from services.alerts.register import Register
from services.alerts.routing import Routing
from services.alerts.rules import Rulebook
from services.alerts.settings import OutboxSettings
from services.alerts.store.casework import Casework, Changes
from services.alerts.store.database import Database
from services.alerts.store.models import IncidentRow, NotificationRow, ShownPostRow
from services.alerts.store.notifications import State
from services.alerts.store.offsets import Place
from services.alerts.store.reader import Batch
from services.common.clock import SetClock, WallClock
from services.common.records import Record
from tests.unit.services.alerts.samples import (
    make_museum,
    museum_record,
    null_record,
    post_record,
    received,
)

SETTINGS = OutboxSettings(
    call_seconds=1.0,
    lease_seconds=60,
    settle_seconds=5,
    first_pause_seconds=1,
    blocked_seconds=600,
    give_up_seconds=6 * 3600,  # three dozen tries; the three days of an installation are 432
)


class Desk:
    """Takes records and delivers what follows; time moves only when a test says so."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        receivers: Mapping[str, Mapping[str, tuple[str, ...]]],
        *,
        museum: Museum | None = None,
        clock: SetClock | None = None,
        settings: OutboxSettings = SETTINGS,
    ) -> None:
        self.database = database
        self.clock = clock or SetClock(WallClock().now())
        self.routing = Routing(receivers)
        register = Register()
        register.apply(received(museum_record(museum or make_museum())))
        delivery = Delivery(database, channels, register, settings, self.clock, Random(1))
        self.outbox = Outbox(database, self.routing, delivery, settings, self.clock)
        updatable = frozenset(name for name, channel in channels.items() if channel.updates)
        self.casework = Casework(
            database, lambda name: self.routing.routes(register.get(name)), updatable, self.clock
        )
        self._rulebook = Rulebook({})
        self.next = 0

    async def keep(self, *said: Record | EnrichedPost) -> Changes:
        """Keep records as one batch."""
        records = [post_record(one) if isinstance(one, EnrichedPost) else one for one in said]
        changes = await self.casework.keep(self.batch(records), self.judge(records))
        assert changes is not None
        self.next += len(records)
        return changes

    async def remove(self, post: EnrichedPost, reason: str = "author_delete") -> Changes:
        """Keep the null of a post."""
        return await self.keep(null_record(post, reason))

    def batch(self, records: Sequence[Record]) -> Batch:
        """Return records as the next batch of partition 0."""
        return Batch(
            Place("cluster", "posts.enriched", 0),
            self.next or None,
            self.next + len(records),
            [received(record, self.next + i) for i, record in enumerate(records)],
        )

    def judge(self, records: Sequence[Record]) -> list[Any]:
        """Return the events of records."""
        return [read(received(record), self._rulebook) for record in records]

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    async def deliver_due(self) -> int:
        """Deliver what is due now; return how many claims that took."""
        count = 0
        while (claim := await self.outbox.claim()) is not None:
            await self.outbox.deliver(claim)
            count += 1
            assert count < 1000
        return count

    async def deliver_all(self, within_seconds: float = 3600) -> None:
        """Deliver, letting time pass, until nothing waits that could be sent in this time."""
        end = self.clock.now() + timedelta(seconds=within_seconds)
        while True:
            await self.deliver_due()
            due = [
                at
                for row in await self.rows()
                for at in [row.lease_until if row.state == State.SENDING else row.next_attempt_at]
                if row.state in (State.PENDING, State.SENDING, State.BLOCKED) and at is not None
            ]
            if not due or min(due) > end:
                return
            self.clock.advance_to(max(min(due), self.clock.now() + timedelta(seconds=1)))

    async def rows(self, kind: Kind | None = None) -> list[NotificationRow]:
        """Return the notifications."""
        async with self.database.transaction() as session:
            rows = (await session.scalars(select(NotificationRow))).all()
        return [row for row in rows if kind is None or row.kind == kind]

    async def states(self, kind: Kind = Kind.MESSAGE) -> dict[str, str]:
        """Return the state of each channel's notification of a kind."""
        return {row.channel: row.state for row in await self.rows(kind)}

    async def incidents(self) -> Sequence[IncidentRow]:
        """Return the incidents."""
        async with self.database.transaction() as session:
            return (await session.scalars(select(IncidentRow))).all()

    async def shown(self) -> Sequence[ShownPostRow]:
        """Return the shown posts."""
        async with self.database.transaction() as session:
            return (await session.scalars(select(ShownPostRow))).all()

    def at(self) -> datetime:
        """Return what time it is."""
        return self.clock.now()
