"""The outbox's table: what an incident's change asks of its notifications, and their deliveries.

A notification is claimed with a lease before its channel is called; only the holder of the lease
may say what became of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, case, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from schemas import Severity
from services.alerts.channels.channel import Address, Reference
from services.alerts.incidents import Story
from services.alerts.messages import Kind

from . import incidents
from .models import NotificationRow

Row = NotificationRow


class State(StrEnum):
    """How far a notification has come.

    ``pending``: to be sent or changed; ``sending``: claimed; ``sent``: as it should be;
    ``blocked``: a person must mend something, tried slowly; ``failed``: given up, shown;
    ``cancelled``: not to be sent any more.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Claim:
    """A notification that is ours to deliver until the lease ends, with all that it shows."""

    notification_id: str
    receiver: str
    channel: str
    kind: Kind
    severity: Severity
    story: Story
    lease: str
    lease_until: datetime
    """Until then nobody else looks after it, and from then on others may."""
    attempts: int
    wanted_at: datetime
    caused_at: datetime
    address: Address | None
    reference: Reference | None
    accepted: bool
    wanted: int
    tried: int
    in_doubt_since: datetime | None
    """Start of an earlier attempt whose outcome is not known."""
    thread: tuple[str, Reference] | None
    """Id and reference of the message that a reply belongs to."""


async def claim(
    session: AsyncSession,
    now: datetime,
    lease_seconds: float,
    address_of: Callable[[str, str], Address | None],
    held: Collection[str] = (),
) -> Claim | None:
    """Claim the notification that has waited longest, if any is due on a channel not ``held``."""
    row = await session.scalar(
        select(Row)
        .where(Row.channel.not_in(held), _is_due(now), _IS_ALONE, _HAS_PARENT)
        .order_by(Row.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    # Without an address no call was made, whatever became of the attempt.
    in_doubt = row.in_doubt_since if row.sent_at is None and row.address is not None else None
    if in_doubt is None:
        address = address_of(row.receiver, row.channel)
        row.address = None if address is None else list(address)
        row.in_doubt_since = now
        row.tried = row.wanted
    row.state = State.SENDING
    row.lease = str(uuid.uuid4())
    row.lease_until = now + timedelta(seconds=lease_seconds)
    row.attempts += 1
    try:
        await session.flush()
    except IntegrityError:  # another replica took a sibling in the same moment
        await session.rollback()
        return None
    stories = await incidents.load(session, [row.incident_id])
    return Claim(
        notification_id=row.notification_id,
        receiver=row.receiver,
        channel=row.channel,
        kind=Kind(row.kind),
        severity=Severity(row.severity),
        story=stories[row.incident_id],
        lease=row.lease,
        lease_until=row.lease_until,
        attempts=row.attempts,
        wanted_at=row.wanted_at,
        caused_at=row.caused_at,
        address=None if row.address is None else tuple(row.address),
        reference=row.reference,
        accepted=row.sent_at is not None,
        wanted=row.wanted,
        tried=row.tried,
        in_doubt_since=in_doubt,
        thread=await _thread(session, row) if row.kind == Kind.REPLY else None,
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Row.state.in_((State.PENDING, State.BLOCKED)), Row.next_attempt_at <= now)
    return or_(waiting, and_(Row.state == State.SENDING, Row.lease_until <= now))


def _is_alone() -> ColumnElement[bool]:
    sibling = aliased(Row)
    flying = exists().where(
        sibling.incident_id == Row.incident_id,
        sibling.receiver == Row.receiver,
        sibling.state == State.SENDING,
    )
    return or_(Row.state == State.SENDING, ~flying)


def _has_parent() -> ColumnElement[bool]:
    parent = aliased(Row)
    return or_(
        Row.kind == Kind.MESSAGE,
        exists().where(
            parent.incident_id == Row.incident_id,
            parent.receiver == Row.receiver,
            parent.channel == Row.channel,
            parent.kind == Kind.MESSAGE,
            # Of several addresses one may have it before all do.
            or_(parent.sent_at.is_not(None), parent.reference.is_not(None)),
        ),
    )


# Built once: aliases cost more than the query itself.
_IS_ALONE, _HAS_PARENT = _is_alone(), _has_parent()


async def _thread(session: AsyncSession, row: NotificationRow) -> tuple[str, Reference]:
    found = await session.execute(
        select(Row.notification_id, Row.reference).where(
            Row.incident_id == row.incident_id,
            Row.receiver == row.receiver,
            Row.channel == row.channel,
            Row.kind == Kind.MESSAGE,
        )
    )
    notification_id, reference = found.one()
    return notification_id, reference


async def accepted(
    session: AsyncSession,
    claim: Claim,
    reference: Reference,
    shown: int,
    now: datetime,
    *,
    updates: bool,
) -> bool:
    """The channel has the message, as of revision ``shown``.

    With ``updates`` it is to be changed at once where the story has gone on meanwhile.
    """
    behind = case((Row.wanted > shown, State.PENDING), else_=State.SENT)
    return await _finish(
        session,
        claim,
        state=behind if updates else State.SENT,
        reference=dict(reference),
        tried=shown,
        sent_at=func.coalesce(Row.sent_at, now),
        wanted_at=now,
        next_attempt_at=now,
        attempts=0,
        reason=None,
        **_CERTAIN,
    )


async def retry(
    session: AsyncSession,
    claim: Claim,
    at: datetime,
    *,
    in_doubt: bool,
    state: State = State.PENDING,
    reason: str | None = None,
    reference: Reference | None = None,
) -> bool:
    """Try again at some time; what is in doubt stays so until the channel has been asked.

    ``state`` may also be ``blocked``, or ``failed`` for giving up: a message that nobody has then
    takes along the replies that wait for it.
    """
    values: dict[str, Any] = {"state": state, "next_attempt_at": at, "reason": reason}
    if not in_doubt:
        values |= _CERTAIN
    if reference is not None:
        values["reference"] = dict(reference)
    ours = await _finish(session, claim, **values)
    if ours and state is State.FAILED and claim.kind is Kind.MESSAGE and not claim.accepted:
        await _fail_replies(session, claim)
    return ours


async def _fail_replies(session: AsyncSession, claim: Claim) -> None:
    await session.execute(
        update(Row)
        .where(
            Row.incident_id == claim.story.incident.incident_id,
            Row.kind == Kind.REPLY,
            *_waits(claim.receiver, claim.channel),
        )
        .values(state=State.FAILED, reason="gave_up")
    )


async def cancel(session: AsyncSession, claim: Claim) -> bool:
    """The channel surely does not have it, and must not get it any more."""
    return await _finish(session, claim, state=State.CANCELLED, reason=None, **_CERTAIN)


_CERTAIN: dict[str, Any] = {"in_doubt_since": None, "address": None}


async def _finish(session: AsyncSession, claim: Claim, **values: Any) -> bool:
    result = await session.execute(
        update(Row)
        .where(Row.notification_id == claim.notification_id, Row.lease == claim.lease)
        .values(lease=None, lease_until=None, **values)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


async def block_receiver(
    session: AsyncSession, receiver: str, channel: str, reason: str, at: datetime
) -> None:
    """Hold back all that waits for a receiver on a channel until the next slow try."""
    await session.execute(
        update(Row)
        .where(*_waits(receiver, channel))
        .values(state=State.BLOCKED, reason=reason, next_attempt_at=at)
    )


async def unblock(
    session: AsyncSession, now: datetime, receiver: str | None = None, channel: str | None = None
) -> None:
    """Make what is blocked due now: of one receiver on one channel, or all."""
    where: list[ColumnElement[bool]] = [Row.state == State.BLOCKED]
    if receiver is not None and channel is not None:
        where = _waits(receiver, channel, State.BLOCKED)
    await session.execute(update(Row).where(*where).values(next_attempt_at=now))


def _waits(receiver: str, channel: str, *states: State) -> list[ColumnElement[bool]]:
    wanted = states or (State.PENDING, State.BLOCKED)
    return [Row.receiver == receiver, Row.channel == channel, Row.state.in_(wanted)]


@dataclass(frozen=True)
class Trouble:
    """Notifications of one receiver on one channel that are not sent, and why."""

    receiver: str
    channel: str
    state: State
    reason: str
    count: int


async def troubles(session: AsyncSession, failed_since: datetime) -> Sequence[Trouble]:
    """Return what waits or needs a person; what has failed is shown for a while."""
    rows = await session.execute(
        select(Row.receiver, Row.channel, Row.state, Row.reason, func.count())
        .where(
            or_(
                Row.state.in_((State.PENDING, State.SENDING, State.BLOCKED)),
                and_(Row.state == State.FAILED, Row.wanted_at >= failed_since),
            )
        )
        .group_by(Row.receiver, Row.channel, Row.state, Row.reason)
    )
    return [
        Trouble(receiver, channel, State(state), reason or "", count)
        for receiver, channel, state, reason, count in rows
    ]
