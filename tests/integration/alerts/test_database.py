"""What PostgreSQL alone can show of the database: its words for an error, its files on the disk."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from services.alerts.store.database import Database
from services.alerts.store.models import ShownPostRow
from services.common.errors import Fatal
from tests.integration.alerts.conftest import on_postgresql


@on_postgresql
async def test_error_does_not_quote_the_row_as_postgresql_does(database_url: str) -> None:
    row = {"museum_id": "m", "post_id": "1", "excerpt": "Zephyr", "posted_at": datetime.now(UTC)}
    async with Database(database_url) as database:
        with pytest.raises(Fatal, match=r"IntegrityError \(23502\)") as raised:
            async with database.transaction() as session:
                await session.execute(insert(ShownPostRow).values(**row))
    assert "Zephyr" not in "".join(traceback.format_exception(raised.value))
