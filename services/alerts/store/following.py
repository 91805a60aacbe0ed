"""Makes notifications follow a story, in the very transaction that changes the story.

It writes down what should be shown, never a message: messages are made when they are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from schemas import stable_id
from services.alerts.incidents import RANK, Story
from services.alerts.messages import Kind
from services.alerts.routing import Route

from .models import NotificationRow
from .notifications import State


async def follow(
    session: AsyncSession,
    before: Story | None,
    after: Story,
    routes: Iterable[Route],
    updatable: frozenset[str],
    now: datetime,
    caused_at: datetime,
) -> None:
    """Open, change, add to or withdraw the notifications of a story that has changed.

    ``updatable``: the channels that can change what they have accepted. Routes count when an
    incident is first told, and are empty where nothing happened that may page; who was told once
    is kept posted.
    """
    rows = await _rows(session, after)
    if not rows and not after.incident.removed:
        for route in routes:
            session.add(_new(after, route, Kind.MESSAGE, now, caused_at))
        return
    if after.incident.removed:
        _withdraw(rows, after, updatable, now)
        return
    for row in _messages(rows):
        _bring_up(row, after, updatable, now)
    if before is not None and before.incident.removed:
        for row in rows:
            said = row.kind == Kind.REPLY and row.severity == after.incident.severity
            if said and row.state == State.CANCELLED:
                _wake(row, now)
    if before is not None and RANK[after.incident.severity] > RANK[before.incident.severity]:
        known = {row.notification_id for row in rows}
        for row in _messages(rows):
            if row.sent_at is None and row.in_doubt_since is None and row.reference is None:
                continue  # nobody has the message yet: it will say so itself
            route = Route(row.receiver, row.channel)
            reply = _new(after, route, Kind.REPLY, now, caused_at)
            if reply.notification_id not in known:
                session.add(reply)


async def _rows(session: AsyncSession, story: Story) -> Sequence[NotificationRow]:
    found = await session.scalars(
        select(NotificationRow)
        .where(NotificationRow.incident_id == story.incident.incident_id)
        .order_by(NotificationRow.notification_id)
        .with_for_update()
    )
    return found.all()


def _messages(rows: Iterable[NotificationRow]) -> list[NotificationRow]:
    return [row for row in rows if row.kind == Kind.MESSAGE]


def _bring_up(row: NotificationRow, story: Story, updatable: frozenset[str], now: datetime) -> None:
    row.wanted = story.incident.revision
    settled = row.state in (State.SENT, State.FAILED, State.CANCELLED)
    if settled and (row.sent_at is None or row.channel in updatable):
        _wake(row, now)


def _withdraw(
    rows: Iterable[NotificationRow], story: Story, updatable: frozenset[str], now: datetime
) -> None:
    for row in rows:
        if row.sent_at is None and row.in_doubt_since is None:
            row.state = State.CANCELLED
        elif row.kind == Kind.MESSAGE:
            _bring_up(row, story, updatable, now)


def _wake(row: NotificationRow, now: datetime) -> None:
    row.state = State.PENDING
    row.reason = None
    row.attempts = 0
    row.wanted_at = now
    row.next_attempt_at = now


def _new(
    story: Story, route: Route, kind: Kind, now: datetime, caused_at: datetime
) -> NotificationRow:
    incident = story.incident
    name = [incident.incident_id, route.receiver, route.channel, kind]
    if kind is Kind.REPLY:
        name.append(incident.severity)
    return NotificationRow(
        notification_id=str(stable_id("notification", *name)),
        incident_id=incident.incident_id,
        receiver=route.receiver,
        channel=route.channel,
        kind=kind,
        severity=incident.severity,
        state=State.PENDING,
        wanted=incident.revision,
        tried=0,
        attempts=0,
        next_attempt_at=now,
        wanted_at=now,
        caused_at=caused_at,
    )
