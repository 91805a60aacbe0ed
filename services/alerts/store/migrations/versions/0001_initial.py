"""The first schema: incidents, shown posts, notifications and offsets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UNPUBLISHED = sa.text("published < revision")
IN_FLIGHT = sa.text("state = 'sending'")


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "offsets",
        sa.Column("cluster", sa.String(64), primary_key=True),
        sa.Column("topic", sa.String(249), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.String(36), primary_key=True),
        sa.Column("museum_id", sa.String(64), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("opened_at", _instant(), nullable=False),
        sa.Column("updated_at", _instant(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("post_url", sa.Text(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
    )
    op.create_index("ix_incidents_museum", "incidents", ["museum_id", "updated_at"])
    op.create_index("ix_incidents_updated_at", "incidents", ["updated_at"])
    op.create_index(
        "ix_incidents_unpublished",
        "incidents",
        ["partition"],
        postgresql_where=UNPUBLISHED,
        sqlite_where=UNPUBLISHED,
    )
    op.create_table(
        "shown_posts",
        sa.Column("museum_id", sa.String(64), primary_key=True),
        sa.Column("post_id", sa.String(512), primary_key=True),
        sa.Column(
            "incident_id",
            sa.String(36),
            sa.ForeignKey("incidents.incident_id"),
            nullable=False,
        ),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", _instant(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=True),
        sa.Column("gone", sa.String(64), nullable=True),
    )
    op.create_index("ix_shown_posts_incident_id", "shown_posts", ["incident_id"])
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.String(36), primary_key=True),
        sa.Column(
            "incident_id",
            sa.String(36),
            sa.ForeignKey("incidents.incident_id"),
            nullable=False,
        ),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("reference", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(36), nullable=True),
        sa.Column("lease_until", _instant(), nullable=True),
        sa.Column("in_doubt_since", _instant(), nullable=True),
        sa.Column("next_attempt_at", _instant(), nullable=False),
        sa.Column("wanted_at", _instant(), nullable=False),
        sa.Column("caused_at", _instant(), nullable=False),
        sa.Column("sent_at", _instant(), nullable=True),
    )
    op.create_index("ix_notifications_due", "notifications", ["state", "next_attempt_at"])
    op.create_index("ix_notifications_incident_id", "notifications", ["incident_id"])
    op.create_index(
        "uq_notifications_in_flight",
        "notifications",
        ["incident_id", "receiver"],
        unique=True,
        postgresql_where=IN_FLIGHT,
        sqlite_where=IN_FLIGHT,
    )


def downgrade() -> None:
    """Take it back to nothing."""
    for table in ("notifications", "shown_posts", "incidents", "offsets"):
        op.drop_table(table)
