"""How far each partition has been read: the one truth, moved in the transaction of the work."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, CursorResult, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from .models import OffsetRow


class Place(NamedTuple):
    """One partition of one topic of one cluster."""

    cluster: str
    topic: str
    partition: int


async def read(session: AsyncSession, place: Place) -> int | None:
    """Return the next offset to be read, or ``None`` where nothing was ever read."""
    return await session.scalar(select(OffsetRow.next).where(*_is(place)))


async def advance(session: AsyncSession, place: Place, expected: int | None, next_: int) -> bool:
    """Move from ``expected`` to ``next_``; ``False`` where the database says otherwise.

    The row stays locked until the transaction ends, so that of two consumers one waits and then
    learns that it is late. ``expected`` is ``None`` for the first batch ever.
    """
    if expected is None:
        if await read(session, place) is not None:
            return False
        try:
            await session.execute(insert(OffsetRow).values(**place._asdict(), next=next_))
        except IntegrityError:  # another consumer was first
            return False
        return True
    result = await session.execute(
        update(OffsetRow)
        .where(*_is(place), OffsetRow.next == expected)
        .values(next=next_)
        .execution_options(synchronize_session=False)  # no such row is ever loaded
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _is(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        OffsetRow.cluster == place.cluster,
        OffsetRow.topic == place.topic,
        OffsetRow.partition == place.partition,
    )
