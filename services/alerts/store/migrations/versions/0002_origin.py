"""When the database was made: a new one must not tell again what another has told."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    origin = op.create_table(
        "origin", sa.Column("made_at", sa.DateTime(timezone=True), primary_key=True)
    )
    # A database that was read into before is not new, however long it has stood still.
    used = op.get_bind().scalar(sa.text("SELECT count(*) FROM offsets"))
    made_at = datetime(1970, 1, 1, 1, tzinfo=UTC) if used else datetime.now(UTC)
    op.bulk_insert(origin, [{"made_at": made_at}])


def downgrade() -> None:
    """Take it back to the first schema."""
    op.drop_table("origin")
