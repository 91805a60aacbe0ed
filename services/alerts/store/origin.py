"""When this database was made: what was produced long before has been told by another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .models import OriginRow

ALLOWANCE = timedelta(hours=1)
"""How long a move to a new database may take without an alert being lost."""


async def tells_from(session: AsyncSession) -> datetime:
    """Return since when records page: an earlier one is kept, and told nobody."""
    made_at = (await session.scalars(select(OriginRow.made_at))).one()
    return made_at - ALLOWANCE
