"""Read-only routes of alerts: the incidents, without any text of posts."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from schemas import Incident
from services.common.errors import Retryable

from .store import incidents
from .store.database import Database

_BAD_CURSOR = "after: not a value of `next` from an earlier page"


class IncidentPage(BaseModel):
    """Incidents, newest change first; ``next`` goes into ``after`` for the following page."""

    incidents: list[Incident]
    next: str | None


def create_router(database: Database) -> APIRouter:
    """Return the routes under ``/v1``."""
    router = APIRouter(prefix="/v1")

    @router.get("/incidents")
    async def list_incidents(
        museum_id: str | None = None,
        after: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> IncidentPage:
        """List incidents, of one museum or of all."""
        place = _read_cursor(after)
        try:
            async with database.transaction() as session:
                found = await incidents.page(session, museum_id, place, limit)
        except Retryable as error:
            raise HTTPException(503, "the database does not answer; try again") from error
        more = len(found) == limit
        return IncidentPage(incidents=list(found), next=_cursor(found[-1]) if more else None)

    return router


def _cursor(incident: Incident) -> str:
    text = f"{incident.updated_at.isoformat()}|{incident.incident_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
        at, bar, incident = text.partition("|")
        instant = datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise HTTPException(422, _BAD_CURSOR) from None
    if instant.tzinfo is None or not bar:
        raise HTTPException(422, _BAD_CURSOR)
    return instant, incident
