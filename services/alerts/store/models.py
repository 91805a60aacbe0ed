"""The tables. Migrations are written from them, and a test holds the two together.

Post text stands in ``shown_posts`` alone: messages are rendered when they are sent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC; SQLite, which knows no zones, is given it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC before it is stored."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give it back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }


class OffsetRow(Base):
    """The next offset to be read of one partition; moves by compare-and-set only."""

    __tablename__ = "offsets"

    cluster: Mapped[str] = mapped_column(String(64), primary_key=True)
    topic: Mapped[str] = mapped_column(String(249), primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next: Mapped[int] = mapped_column(BigInteger)


class OriginRow(Base):
    """One row: when this database was made."""

    __tablename__ = "origin"

    made_at: Mapped[datetime] = mapped_column(primary_key=True)


class IncidentRow(Base):
    """An incident. ``published``: the newest revision that is on the topic of incidents."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_museum", "museum_id", "updated_at"),
        Index(
            "ix_incidents_unpublished",
            "partition",
            postgresql_where=text("published < revision"),
            sqlite_where=text("published < revision"),
        ),
    )

    incident_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    museum_id: Mapped[str] = mapped_column(String(64))
    story_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    alerts: Mapped[list[Any]]
    post_url: Mapped[str | None] = mapped_column(Text)
    removed: Mapped[bool]
    revision: Mapped[int]
    published: Mapped[int]
    partition: Mapped[int]


class ShownPostRow(Base):
    """A post that alerts are about, and the only place where text of it is kept."""

    __tablename__ = "shown_posts"

    museum_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    post_id: Mapped[str] = mapped_column(String(512), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.incident_id"), index=True)
    place: Mapped[int]
    platform: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(BigInteger)
    posted_at: Mapped[datetime]
    url: Mapped[str | None] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text)
    excerpt: Mapped[str | None] = mapped_column(Text)
    gone: Mapped[str | None] = mapped_column(String(64))


TABLES_WITH_TEXT = (ShownPostRow.__tablename__, IncidentRow.__tablename__)
"""What must be wiped after a removal; of a post, incidents have its address alone."""


class NotificationRow(Base):
    """One message about an incident on one channel, and how far it has come.

    ``wanted``: the incident's revision that the message should show; ``tried``: the one that the
    last attempt showed. ``wanted_at``: since when there is something to do. ``sent_at``: when the
    channel had accepted the whole message; ``reference``: where the channel has it, or what of
    it. ``in_doubt_since`` and ``address``: start and place of an attempt of unknown outcome.
    ``caused_at``: when the record that caused it was produced.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_due", "state", "next_attempt_at"),
        # One in flight per incident and receiver, held by the database itself.
        Index(
            "uq_notifications_in_flight",
            "incident_id",
            "receiver",
            unique=True,
            postgresql_where=text("state = 'sending'"),
            sqlite_where=text("state = 'sending'"),
        ),
    )

    notification_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.incident_id"), index=True)
    receiver: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    severity: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    wanted: Mapped[int]
    tried: Mapped[int]
    reference: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    address: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    attempts: Mapped[int]
    lease: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None]
    in_doubt_since: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    wanted_at: Mapped[datetime]
    caused_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
