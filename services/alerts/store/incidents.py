"""Reads and writes stories: an incident with its shown posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from schemas import Alert, Incident, IncidentState, Severity
from services.alerts.incidents import ShownPost, Story

from .models import IncidentRow, ShownPostRow

PostKey = tuple[str, str]
"""Museum and post."""


async def incidents_of(session: AsyncSession, posts: Collection[PostKey]) -> Mapping[PostKey, str]:
    """Return the incident of each post that one is about."""
    if not posts:
        return {}
    key = tuple_(ShownPostRow.museum_id, ShownPostRow.post_id)
    rows = await session.execute(
        select(ShownPostRow.museum_id, ShownPostRow.post_id, ShownPostRow.incident_id).where(
            key.in_(posts)
        )
    )
    return {(museum_id, post_id): incident for museum_id, post_id, incident in rows}


async def load(
    session: AsyncSession, incident_ids: Iterable[str], *, for_change: bool = False
) -> dict[str, Story]:
    """Return stories by incident id; with ``for_change`` nobody else changes them meanwhile."""
    wanted = sorted(set(incident_ids))
    if not wanted:
        return {}
    query = select(IncidentRow).where(IncidentRow.incident_id.in_(wanted))
    query = query.order_by(IncidentRow.incident_id)
    rows = await session.scalars(query.with_for_update() if for_change else query)
    posts: dict[str, list[ShownPost]] = {}
    shown = select(ShownPostRow).where(ShownPostRow.incident_id.in_(wanted))
    for post in await session.scalars(shown.order_by(ShownPostRow.place)):
        posts.setdefault(post.incident_id, []).append(_shown_post(post))
    return {
        row.incident_id: Story(_incident(row), tuple(posts.get(row.incident_id, ())))
        for row in rows
    }


async def save(session: AsyncSession, story: Story, partition: int) -> None:
    """Write a story as it is now; its new revision waits to be published."""
    incident = story.incident
    row = await session.get(IncidentRow, incident.incident_id)
    if row is None:
        row = IncidentRow(incident_id=incident.incident_id, published=0)
        session.add(row)
    row.museum_id = incident.museum_id
    row.story_id = incident.story_id
    row.state = incident.state
    row.severity = incident.severity
    row.opened_at = incident.opened_at
    row.updated_at = incident.updated_at
    row.alerts = [alert.model_dump(mode="json") for alert in incident.alerts]
    row.post_url = incident.post_url
    row.removed = incident.removed
    row.revision = incident.revision
    row.partition = partition
    await session.flush()
    for place, post in enumerate(story.posts):
        await session.merge(
            ShownPostRow(
                museum_id=incident.museum_id,
                post_id=post.post_id,
                incident_id=incident.incident_id,
                place=place,
                platform=post.platform,
                version=post.version,
                posted_at=post.posted_at,
                url=post.url,
                author=post.author,
                excerpt=post.excerpt,
                gone=post.gone,
            )
        )


async def unpublished(
    session: AsyncSession, partitions: Collection[int], limit: int = 500
) -> Sequence[Incident]:
    """Return incidents of these partitions whose newest revision is not on the topic yet."""
    rows = await session.scalars(
        select(IncidentRow)
        .where(IncidentRow.partition.in_(partitions), IncidentRow.published < IncidentRow.revision)
        .order_by(IncidentRow.updated_at)
        .limit(limit)
    )
    return [_incident(row) for row in rows]


async def mark_published(session: AsyncSession, published: Iterable[Incident]) -> None:
    """Note which revisions the broker has acknowledged."""
    for incident in published:
        await session.execute(
            update(IncidentRow)
            .where(
                IncidentRow.incident_id == incident.incident_id,
                IncidentRow.published < incident.revision,
            )
            .values(published=incident.revision)
        )


async def erase_texts(session: AsyncSession, before: datetime) -> int:
    """Erase text and author of incidents that have not changed since; return how many posts."""
    old = select(IncidentRow.incident_id).where(IncidentRow.updated_at < before)
    result = await session.execute(
        update(ShownPostRow)
        .where(
            ShownPostRow.incident_id.in_(old),
            (ShownPostRow.excerpt.is_not(None)) | (ShownPostRow.author.is_not(None)),
        )
        .values(excerpt=None, author=None)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


async def page(
    session: AsyncSession, museum_id: str | None, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Incident]:
    """Return incidents, newest change first, from a place on."""
    query = select(IncidentRow).order_by(
        IncidentRow.updated_at.desc(), IncidentRow.incident_id.desc()
    )
    if museum_id is not None:
        query = query.where(IncidentRow.museum_id == museum_id)
    if after is not None:
        query = query.where(
            (IncidentRow.updated_at < after[0])
            | ((IncidentRow.updated_at == after[0]) & (IncidentRow.incident_id < after[1]))
        )
    return [_incident(row) for row in await session.scalars(query.limit(limit))]


def _incident(row: IncidentRow) -> Incident:
    return Incident(
        incident_id=row.incident_id,
        museum_id=row.museum_id,
        story_id=row.story_id,
        state=IncidentState(row.state),
        severity=Severity(row.severity),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        alerts=tuple(Alert.model_validate(alert) for alert in row.alerts),
        post_url=row.post_url,
        removed=row.removed,
        revision=row.revision,
    )


def _shown_post(row: ShownPostRow) -> ShownPost:
    return ShownPost(
        post_id=row.post_id,
        platform=row.platform,
        version=row.version,
        posted_at=row.posted_at,
        url=row.url,
        author=row.author,
        excerpt=row.excerpt,
        gone=row.gone,
    )
